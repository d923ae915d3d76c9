// @ts-check
/** How an order came to be where it is: a time line, why, its names, fills and messages. */
import { get, path } from "../api.js";
import { quoted } from "../parts/copying.js";
import { grouped } from "../parts/decimal.js";
import { rowOf } from "../parts/message.js";
import { clock } from "../parts/times.js";
import { nanoseconds, TimeLine } from "../parts/timeline.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { html, useEffect } from "../vendor/preact-htm.js";

const SECOND = 1000;
const MOST = 200;
/** Kinds of report that the story of the order tells of by itself. */
const TOLD = new Set(["TRADE", "PARTIAL_FILL", "FILL"]);
const STORY = /** @type {Record<string, string>} */ ({ came: "entered", traded: "fill", happened: "" });

/** @param {any} message @param {string} tag */
const value = (message, tag) => message.fields.find((/** @type {any} */ one) => one.tag === tag)?.value;
/** @param {any} message @param {string} tag */
const meaning = (message, tag) => message.fields.find((/** @type {any} */ one) => one.tag === tag)?.meaning;

/** @param {any} order @param {string[]} names */
async function said(order, names) {
  const called = names.map((name) => `cl_ord_id=${quoted(name)}`).join(" or ");
  const filter = `session=${quoted(order.session)} (order_id=${quoted(order.order_id)} or ${called})`;
  const found = await get("/messages", { venue: order.venue, filter, order: "newest", limit: MOST });
  return found.items.reverse();
}

/** ClOrdIDs that an order had, first to last, as its messages tell. @param {any[]} messages @param {string} last */
export function chainOf(messages, last) {
  const before = new Map();
  for (const message of messages) {
    const [now, old] = [value(message, "11"), value(message, "41")];
    if (now && old && now !== old && !before.has(now) && message.direction === "out" && message.type === "8") {
      before.set(now, old);
    }
  }
  const names = [last];
  while (before.has(names[0]) && !names.includes(before.get(names[0]))) names.unshift(before.get(names[0]));
  return names;
}

/** @param {any} order */
async function story(order) {
  const where = path`/venues/${order.venue}/orders/${order.order_id}`;
  const [why, { items: fills }] = await Promise.all([get(`${where}/why`), get(`${where}/fills`)]);
  if (!order.session) return { why, fills, messages: [], names: [order.cl_ord_id].filter(Boolean) };
  let messages = await said(order, [order.cl_ord_id]);
  const names = chainOf(messages, order.cl_ord_id);
  if (names.length > 1) messages = await said(order, names);
  return { why, fills, messages, names: chainOf(messages, order.cl_ord_id) };
}

/** A time of FIX as REST writes times. @param {string} text */
function timeOf(text) {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(text);
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}Z` : null;
}

/** What is written beside a part of the story on the time line. @param {any} one */
function labelOf({ what, text, quantity, price }) {
  if (what === "traded") return `fill ${quantity} @ ${price}`;
  if (what === "is") return text.split(": ")[1].split(" ")[0].toLowerCase().replaceAll("_", " "); // it ended at TIME: FILLED
  return STORY[what] || text.split(":")[0];
}

/** A part of the story without what is told beside it: its time, and the order that it ends with. @param {any} one */
function toldOf({ text, time, counterpart }) {
  const short = time ? text.replace(` at ${time}`, "") : text;
  const end = `order ${counterpart}`;
  return counterpart && short.endsWith(end) ? short.slice(0, -end.length) : short;
}

/** What is drawn: the story, and reports that it does not tell of, on the market's time. @param {any} told */
export function momentsOf(told) {
  const moments = told.why.story
    .filter((/** @type {any} */ one) => one.time)
    .map((/** @type {any} */ one) => ({
      time: one.time,
      kind: one.what,
      label: labelOf(one),
      title: one.text,
    }));
  const came = moments.find((/** @type {any} */ one) => one.kind === "came")?.time;
  const labels = new Set(moments.map((/** @type {any} */ one) => one.label.toUpperCase()));
  for (const message of told.messages) {
    const what = meaning(message, "150");
    const time = timeOf(value(message, "60") ?? "");
    if (message.direction !== "out" || !what || !time || TOLD.has(what) || labels.has(what)) continue;
    const label = what === "NEW" ? "acked" : what.toLowerCase().replaceAll("_", " ");
    // A report has its time in milliseconds, cut off, and yet is not before the order.
    const early = came && nanoseconds(time) < nanoseconds(came);
    moments.push({ time: early ? came : time, kind: "report", label, title: rowOf(message).line });
  }
  return moments.sort((/** @type {any} */ one, /** @type {any} */ other) => {
    const apart = nanoseconds(one.time) - nanoseconds(other.time);
    return apart < 0n ? -1 : Number(apart > 0n);
  });
}

/** @param {{order: any}} properties */
export function Story({ order }) {
  const { value: told, trouble, again } = usePolled(
    () => story(order), SECOND, [order.venue, order.order_id, order.cl_ord_id]);
  useEffect(again, [order]);
  if (trouble) return html`<p class="trouble">${trouble}</p>`;
  if (!told) return null;
  return html`
    <${TimeLine} moments=${momentsOf(told)} />
    <section aria-labelledby="why">
      <h3 id="why">Why</h3>
      <ol class="why">
        ${told.why.story.map((/** @type {any} */ one, /** @type {number} */ index) => html`<li key=${index}>
          ${one.time && html`<span class="mono dim">${clock(one.time)}</span> `}<span class=${one.what}>${toldOf(one)}</span>
          ${one.counterpart && html`<a href=${to("orders", [order.venue, one.counterpart])}>order ${one.counterpart}</a>`}
        </li>`)}
      </ol>
      ${told.why.policies.length > 0 && html`<p class="dim">Policies: ${told.why.policies.join(", ")}</p>`}
    </section>
    ${told.names.length > 1 && html`<p><strong>ClOrdIDs</strong> ${told.names.join(" → ")}</p>`}
    ${told.fills.length > 0 && html`<section aria-labelledby="fills">
      <h3 id="fills">Fills</h3>
      <table>
        <thead><tr><th>ExecID</th><th class="number">Quantity</th><th class="number">Price</th></tr></thead>
        <tbody>
          ${told.fills.map((/** @type {any} */ fill) => html`<tr key=${fill.exec_id}><td>${fill.exec_id}</td><td class="number">${grouped(fill.quantity)}</td><td class="number">${fill.price}</td></tr>`)}
        </tbody>
      </table>
    </section>`}
    ${told.messages.length > 0 && html`<section aria-labelledby="messages">
      <h3 id="messages">Messages</h3>
      <ol class="lines">
        ${told.messages.map((/** @type {any} */ message) => {
          const row = rowOf(message);
          return html`<li key=${`${row.venue} ${row.seq}`}>
            <a class="mono dim" href=${to("messages", [String(row.seq), row.venue])}>${row.clock}</a>
            <span class="way">${row.direction === "in" ? "→" : "←"}</span>
            <span><strong>${row.name || row.type}</strong> ${row.line}</span>
          </li>`;
        })}
      </ol>
    </section>`}`;
}
