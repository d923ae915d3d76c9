// @ts-check
/** Orders: a list by filters, and one of them: its terms, its story, and all that can be done to it. */
import { get, list, may, path } from "../api.js";
import { OrderList } from "../order-list.js";
import { Choice } from "../parts/choice.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { grouped } from "../parts/decimal.js";
import { useLeaving } from "../parts/leaving.js";
import { VirtualTable } from "../parts/table.js";
import { ownOf, perform, spelled, useVerbs, VerbForm } from "../parts/verbs.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { Signal, useSignal } from "../signal.js";
import { html, useEffect, useMemo, useState } from "../vendor/preact-htm.js";
import { Story } from "./order-story.js";

/** @typedef {import("../parts/verbs.js").Verb} Verb */

const SECOND = 1000;
const NEVER = new Signal(null);
const NOBODY = "(nobody)";
/** What a tester does all day comes first. */
const FIRST = ["cancel", "replace", "fill", "reject", "bust", "correct", "expire", "restate"];

const COLUMNS = [
  { name: "Order", width: "5em", show: (/** @type {any} */ one) => one.order_id },
  { name: "Session", width: "minmax(5em, 1fr)", show: (/** @type {any} */ one) => one.session || html`<span class="dim">nobody</span>` },
  { name: "ClOrdID", width: "minmax(5em, 1fr)", show: (/** @type {any} */ one) => one.cl_ord_id },
  { name: "Side", width: "3.6em", show: (/** @type {any} */ one) => html`<span class=${one.side === "BUY" ? "buy" : "sell"}>${one.side}</span>` },
  { name: "Quantity", width: "5.5em", kind: "number", show: (/** @type {any} */ one) => grouped(one.quantity) },
  { name: "Symbol", width: "6em", show: (/** @type {any} */ one) => one.symbol },
  { name: "Price", width: "5.5em", kind: "number", show: (/** @type {any} */ one) => one.price },
  { name: "Filled", width: "5em", kind: "number", show: (/** @type {any} */ one) => grouped(one.cum_quantity) },
  { name: "State", width: "minmax(7em, 1fr)", show: (/** @type {any} */ one) => one.status },
];

/** @param {{order: any, again: () => void}} properties */
function Actions({ order, again }) {
  const verbs = useVerbs("/venues/{venue}/orders/{order_id}");
  const [asking, ask] = useState(/** @type {Verb | null} */ (null));
  const [details, setDetails] = useState(false);
  const { said, run, clear } = useDeed();
  const where = path`/venues/${order.venue}/orders/${order.order_id}`;
  /** @param {Verb} verb */
  const rank = (verb) => (FIRST.includes(verb.name) ? FIRST.indexOf(verb.name) : FIRST.length);
  const sorted = [...verbs].sort((one, other) => rank(one) - rank(other));
  /** Said in words, since REST answers a cancel or replace that was refused with why. @param {any} result @param {string} verb */
  const told = (result, verb) =>
    result?.outcome === "rejected"
      ? `Refused: ${result.reason}${result.text ? `, ${result.text}` : ""}`
      : `Done: ${spelled(verb)}.`;
  /** @param {Verb} verb */
  const begin = async (verb) => {
    clear();
    if (details || (ownOf(verb).length && verb.name !== "cancel")) return ask(verb);
    ask(null);
    await run(() => perform(verb, [where], verb.takes ? {} : undefined), ([result]) => told(result, verb.name));
    again();
  };
  return html`<section aria-label="Actions">
    <div class="verbs" role="group" aria-label="Verbs">
      ${sorted.map(
        (verb) => html`<button
          key=${verb.name}
          title=${verb.summary}
          disabled=${!may("trade") || said.busy}
          onClick=${() => begin(verb)}
        >${spelled(verb.name)}${details || (ownOf(verb).length && verb.name !== "cancel") ? "…" : ""}</button>`,
      )}
      <label class="check"><input type="checkbox" checked=${details} onChange=${() => setDetails(!details)} /> ask for details</label>
    </div>
    <${Outcome} said=${said} />
    ${asking &&
    html`<${VerbForm}
      key=${asking.name}
      verb=${asking}
      paths=${[where]}
      suggested=${{ quantity: order.leaves_quantity, price: order.price ?? "" }}
      onDone=${(/** @type {any[]} */ [result]) => {
        ask(null);
        run(async () => result, told(result, asking.name));
        again();
      }}
      onClose=${() => ask(null)}
    />`}
  </section>`;
}

/** @param {{venue: string, id: string, onClose: () => void}} properties */
function Detail({ venue, id, onClose }) {
  const leaving = useLeaving(onClose);
  const { value: order, trouble, again } = usePolled(() => get(path`/venues/${venue}/orders/${id}`), SECOND, [venue, id]);
  /** @type {[string, unknown][]} */
  const facts = order
    ? [
        ["Session", order.session ? html`<a href=${to("sessions", [order.session], { venue: order.venue })}>${order.session}</a>` : "nobody"],
        ["ClOrdID", order.cl_ord_id || "–"],
        ["Terms", `${order.type} ${order.time_in_force}${order.price === null ? "" : ` at ${order.price}`}`],
        ["Quantity", `${grouped(order.quantity)}: ${grouped(order.cum_quantity)} filled, ${grouped(order.leaves_quantity)} left`],
        ["Average", order.cum_quantity === "0" ? "–" : order.average_price],
        ...(order.account ? [/** @type {[string, unknown]} */ (["Account", order.account])] : []),
        ...(order.text ? [/** @type {[string, unknown]} */ (["Text", order.text])] : []),
      ]
    : [];
  return html`<aside class="detail" ref=${leaving} aria-label="Order">
    <header>
      <h2>Order ${id}${order ? html`: <span class=${order.side === "BUY" ? "buy" : "sell"}>${order.side}</span> ${grouped(order.quantity)} <a href=${to("ladder", [venue, order.symbol])}>${order.symbol}</a>` : ""}</h2>
      ${order && html`<span class="phase">${order.status}</span>`}
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </header>
    ${trouble && html`<p class="trouble">${trouble}</p>`}
    ${order &&
    html`<div class="view stack" tabindex="0" role="region" aria-label=${`Order ${id}`}>
      <${Actions} key=${id} order=${order} again=${again} />
      <dl class="facts">
        ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>
      <${Story} order=${order} />
    </div>`}
  </aside>`;
}

export function Page() {
  const { parts, query } = useSignal(route);
  const { value: venues } = usePolled(() => list("/venues"), 10 * SECOND, []);
  const { value: sessions } = usePolled(() => list("/sessions"), 5 * SECOND, []);
  const venue = parts[0] || venues?.[0]?.name || "";
  const id = parts[1] ?? "";
  const given = {
    status: query.get("status") || "open",
    session: query.get("session") ?? "",
    symbol: query.get("symbol") ?? "",
    cl_ord_id: query.get("cl_ord_id") ?? "",
  };
  const { status, session, symbol, cl_ord_id } = given;
  const asked = {
    status: cl_ord_id ? "any" : status,
    session: session === NOBODY ? "" : session || null,
    symbol: symbol || null,
    cl_ord_id: cl_ord_id || null,
  };
  const orders = useMemo(
    () => (venue ? new OrderList(venue, asked) : null), [venue, status, session, symbol, cl_ord_id]);
  useEffect(() => () => orders?.close(), [orders]);
  useSignal(orders?.changed ?? NEVER);
  /** @param {string} at @param {string} order @param {Partial<typeof given>} [change] */
  const go = (at, order, change = {}) => note(to("orders", order ? [at, order] : [at], { ...given, ...change }));
  const rows = orders?.rows ?? [];
  const symbols = venues?.find((one) => one.name === venue)?.instruments ?? [];
  const names = (sessions ?? []).filter((one) => one.venue === venue).map((one) => one.name);
  return html`<h1 class="hidden">Orders</h1>
    <div class="bar tight" role="search" aria-label="Which orders">
      ${(venues?.length ?? 0) > 1 &&
      html`<${Choice} label="Venue" value=${venue} options=${venues?.map((one) => one.name)} onChoose=${(/** @type {string} */ at) => go(at, "", { session: "", symbol: "" })} />`}
      <${Choice} label="Which" value=${status} options=${["open", "finished", ["any", "all"]]} onChoose=${(/** @type {string} */ one) => go(venue, id, { status: one })} />
      <${Choice} label="Session" value=${session} options=${[["", "any session"], [NOBODY, "nobody"], ...names]} onChoose=${(/** @type {string} */ one) => go(venue, id, { session: one })} />
      <${Choice} label="Symbol" value=${symbol} options=${[["", "any symbol"], ...symbols]} onChoose=${(/** @type {string} */ one) => go(venue, id, { symbol: one })} />
      <input type="search" aria-label="ClOrdID" placeholder="ClOrdID" value=${cl_ord_id} onChange=${(/** @type {any} */ event) => go(venue, id, { cl_ord_id: event.target.value.trim() })} />
      <span class="dim count">${!orders || orders.loading ? "…" : `${rows.length}${orders.older ? ", older ones below" : ""}${orders.newer ? ", newer ones above" : ""}`}</span>
      ${orders?.trouble && html`<span class="trouble">${orders.trouble}</span>`}
    </div>
    <div class=${id ? "split open" : "split"}>
      <${VirtualTable}
        key=${`${venue} ${JSON.stringify(asked)}`}
        label="Orders"
        columns=${COLUMNS}
        count=${rows.length}
        row=${(/** @type {number} */ index) => rows[index]}
        shifted=${orders?.shifted}
        onSeen=${(/** @type {number} */ first, /** @type {number} */ last) => orders?.look(first, last)}
        keyOf=${(/** @type {any} */ one) => one.order_id}
        chosen=${id || null}
        onChoose=${(/** @type {any} */ one) => go(venue, one.order_id)}
        empty=${status === "open" && !cl_ord_id ? "No order is open." : "No such order."}
      />
      ${id && html`<${Detail} venue=${venue} id=${id} onClose=${() => (go(venue, ""), orders?.now())} />`}
    </div>`;
}
