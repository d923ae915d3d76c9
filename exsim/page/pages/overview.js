// @ts-check
/**
 * One look: is it up, who is connected, what do the books look like, what was said, and what did
 * the simulator do about it?
 */
import { get, list, path, words } from "../api.js";
import { age, Rates, short, span } from "../metrics.js";
import { news } from "../news.js";
import { grouped } from "../parts/decimal.js";
import { rowOf } from "../parts/message.js";
import { clock } from "../parts/times.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useRef } from "../vendor/preact-htm.js";

const SECOND = 1000;
/** How many instruments, sessions, messages and events are shown. */
const MOST = 12;
/** Seconds for which a number counts as that of now. */
const FRESH = 3;

async function health() {
  const version = await get("/version");
  try {
    await get("/health/ready");
    return { version, trouble: "" };
  } catch (error) {
    return { version, trouble: words(error) };
  }
}

async function venues() {
  const [found, nodes] = await Promise.all([list("/venues"), get("/nodes")]);
  const hosts = new Map();
  for (const node of nodes.items) for (const one of node.venues) hosts.set(one.venue, node.node);
  return Promise.all(
    found.map(async (venue) => ({
      ...venue,
      host: hosts.get(venue.name),
      clock: await get(path`/venues/${venue.name}/clock`),
    })),
  );
}

/** @param {any[]} all the first instruments of all venues, with their best prices */
async function books(all) {
  const found = [];
  for (const venue of all.slice(0, MOST)) {
    const page = await get(path`/venues/${venue.name}/instruments`, { limit: MOST - found.length });
    for (const one of page.items) {
      const book = await get(path`/venues/${one.venue}/books/${one.symbol}`, { depth: 1 });
      found.push({ ...one, bid: book.bids[0], ask: book.asks[0] });
    }
    if (found.length >= MOST) break;
  }
  return found;
}

/** @param {{label: string, value: unknown, more?: unknown, kind?: string}} properties */
function Tile({ label, value, more, kind = "" }) {
  return html`<div class=${`tile ${kind}`}>
    <span class="label">${label}</span><strong>${value}</strong><span class="dim">${more}</span>
  </div>`;
}

function Health() {
  const { value, trouble } = usePolled(health, 2 * SECOND, []);
  const wrong = trouble || value?.trouble;
  const version = value?.version;
  const more = version && `${version.version}, ${version.build}`;
  if (wrong) return html`<${Tile} label="Simulator" value="In trouble" more=${wrong} kind="bad" />`;
  return html`<${Tile} label="Simulator" value=${value ? "Up" : "…"} more=${more} kind="good" />`;
}

/** @param {{took: {seconds: number, age: number | null} | null, unread: number}} properties */
function Turn({ took, unread }) {
  const old = took && (took.age === null ? "of all so far" : took.age < FRESH ? "" : `${age(took.age)} ago`);
  const more = [old, `${short(unread)} bytes unread`].filter(Boolean).join(", ");
  return html`<${Tile} label="A turn takes" value=${span(took && took.seconds)} more=${more} />`;
}

function Numbers() {
  const rates = useRef(new Rates()).current;
  usePolled(async () => rates.take(await get("/metrics")), 2 * SECOND, []);
  /** @param {string} name */
  const rate = (name) => (rates.seconds ? short(Math.round(rates.rate(name) * 10) / 10) : "…");
  return html`
    <${Tile} label="Orders / s" value=${rate("orders_total")} more=${`${short(rates.value("open_orders"))} open`} />
    <${Tile} label="Reports / s" value=${rate("reports_total")} more=${`${short(rates.value("reports_total"))} in all`} />
    <${Tile} label="Trades / s" value=${rate("trades_total")} more=${`${short(rates.value("trades_total"))} in all`} />
    <${Tile} label="Holds" value=${short(rates.value("holds"))} more="wait for a decision" kind=${rates.value("holds") ? "warn" : ""} />
    <${Turn} took=${rates.mean("turn_seconds")} unread=${rates.value("unread_bytes")} />
  `;
}

/** @param {{venues: any[]}} properties */
function Venues({ venues }) {
  const shared = venues.some((venue) => venue.host);
  return html`<section class="panel" aria-labelledby="venues">
    <h2 id="venues">Venues</h2>
    <table>
      <thead><tr><th>Venue</th><th>Phase</th><th>Market time</th><th>Clock</th>${shared && html`<th>Host</th>`}</tr></thead>
      <tbody>
        ${venues.map(
          (venue) => html`<tr key=${venue.name}>
            <td><strong>${venue.name}</strong></td>
            <td><span class=${`phase ${venue.phase}`}>${venue.phase.replace("-", " ")}</span></td>
            <td class="mono">${clock(venue.clock.time)}</td>
            <td>${venue.clock.mode}${venue.clock.mode === "scaled" ? ` ×${venue.clock.scale}` : ""}</td>
            ${shared && html`<td>${venue.host}</td>`}
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** @param {any} level */
function Best({ level }) {
  return level
    ? html`${level.price} <span class="dim later">${grouped(level.quantity)}</span>`
    : html`<span class="dim">–</span>`;
}

/** @param {{venues: any[]}} properties */
function Books({ venues }) {
  const names = venues.map((venue) => venue.name).join();
  const { value } = usePolled(() => books(venues), SECOND, [names]);
  return html`<section class="panel" aria-labelledby="books">
    <h2 id="books">Books</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="books">
      <table>
        <thead>
          <tr><th>Instrument</th><th class="number">Bid</th><th class="number">Ask</th><th class="number">Last</th><th>State</th></tr>
        </thead>
        <tbody>
          ${value?.map(
            (/** @type {any} */ one) => html`<tr key=${`${one.venue} ${one.symbol}`}>
              <td><a href=${to("ladder", [one.venue, one.symbol])}>${one.symbol}</a> <span class="dim">${venues.length > 1 ? one.venue : ""}</span></td>
              <td class="number buy"><${Best} level=${one.bid} /></td>
              <td class="number sell"><${Best} level=${one.ask} /></td>
              <td class="number">${one.last ?? html`<span class="dim">–</span>`}</td>
              <td>${one.phase.replace("-", " ")}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${value?.length === 0 && html`<p class="empty">No instruments.</p>`}
    </div>
  </section>`;
}

function Sessions() {
  const { value } = usePolled(() => get("/sessions", { limit: 1000 }), SECOND, []);
  const all = value?.items ?? [];
  const order = ["active", "logon", "logout", "offline"];
  const sorted = [...all].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const active = all.filter((/** @type {any} */ one) => one.state === "active").length;
  return html`<section class="panel" aria-labelledby="connected">
    <h2 id="connected">Connected <span class="dim">${active} of ${all.length} sessions</span></h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="connected">
      <table>
        <thead>
          <tr><th>Session</th><th>State</th><th>Endpoint</th><th class="number">In</th><th class="number">Out</th><th class="later">From</th></tr>
        </thead>
        <tbody>
          ${sorted.slice(0, MOST).map(
            (one) => html`<tr key=${one.name}>
              <td>${one.name}</td>
              <td><span class=${`state ${one.state}`}>${one.state}</span></td>
              <td>${one.endpoint}</td>
              <td class="number">${one.next_in}</td>
              <td class="number">${one.next_out}</td>
              <td class="dim later">${one.peer}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${value && !all.length && html`<p class="empty">Nobody has logged on yet.</p>`}
    </div>
  </section>`;
}

function Said() {
  const asked = { order: "newest", limit: MOST };
  const { value } = usePolled(() => get("/messages", asked), SECOND, []);
  return html`<section class="panel" aria-labelledby="said">
    <h2 id="said">Said <a class="dim" href=${to("messages")}>all messages</a></h2>
    <ol class="lines">
      ${value?.items.map((/** @type {any} */ message) => {
        const row = rowOf(message);
        return html`<li key=${`${row.venue} ${row.seq}`}>
          <a class="mono dim" href=${to("messages", [String(row.seq), row.venue])}>${row.clock}</a>
          <span class=${`way ${row.direction}`}>${row.session} ${row.direction === "in" ? "→" : "←"}</span>
          <span><strong>${row.name || row.type}</strong> ${row.line}</span>
        </li>`;
      })}
    </ol>
    ${value?.items.length === 0 && html`<p class="empty">No message yet.</p>`}
  </section>`;
}

/** @param {import("../events.js").Event} event what happened, without its kind, which is told apart */
function said({ event, text, about, session }) {
  const told = text || [session, about.event ?? about.did, about.peer].filter(Boolean).join(" ");
  return told.startsWith(`${event} `) ? told.slice(event.length + 1) : told;
}

function Done() {
  const events = useSignal(news.events);
  const newest = events.slice(-MOST).reverse();
  return html`<section class="panel" aria-labelledby="done">
    <h2 id="done">Done</h2>
    <ol class="lines">
      ${newest.map(
        (event, index) => html`<li key=${event.id || index}>
          <span class="mono dim">${clock(event.time)}</span>
          <span class=${`kind ${event.event}`}>${event.event}</span>
          <span>${said(event)}</span>
        </li>`,
      )}
    </ol>
    ${newest.length === 0 && html`<p class="empty">Nothing of late: no rule, fault, hold, phase or operation.</p>`}
  </section>`;
}

export function Page() {
  const { value, trouble } = usePolled(venues, SECOND, []);
  return html`<h1 class="hidden">Overview</h1>
    <div class="tiles"><${Health} /><${Numbers} /></div>
    ${trouble && html`<p class="trouble">${trouble}</p>`}
    <div class="columns">
      <div class="column">
        ${value && html`<${Venues} venues=${value} />`}
        <${Sessions} /><${Said} />
      </div>
      <div class="column">
        ${value && html`<${Books} venues=${value} />`}
        <${Done} />
      </div>
    </div>`;
}
