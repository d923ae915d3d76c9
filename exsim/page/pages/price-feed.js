// @ts-check
/** A source whose prices come from outside: how it goes with them, and telling it some by hand. */
import { may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { html, useState } from "../vendor/preact-htm.js";

const NOTHING = { symbol: "", bid: "", ask: "", last: "" };

/** Whether prices of a source come from outside. @param {any} source */
export const comesFromOutside = (source) => "outage" in source.parameters;

/** What its connection is like, and which prices are too old. @param {{source: any}} properties */
export function FeedState({ source }) {
  const { stale, outage } = source.parameters;
  const fresh = source.symbols.filter((/** @type {string} */ one) => !source.outages.includes(one));
  return html`<p class="feed">
    <span class=${`state ${{ up: "active", down: "failed" }[/** @type {"up"} */ (source.link)] ?? "offline"}`}>link ${source.link || "unknown"}</span>
    ${source.outages.length > 0 && html`<span class="trouble">stale: ${source.outages.join(" ")}, so ${outage}</span>`}
    ${fresh.length > 0 && html`<span class="dim">fresh: ${fresh.join(" ")}${stale && `, each for ${stale}`}</span>`}
  </p>`;
}

/** @param {{source: any, again: () => void}} properties */
export function FeedForm({ source, again }) {
  const [given, give] = useState(NOTHING);
  const { said, run } = useDeed();
  const closed = !may("trade") || said.busy;
  const where = path`/venues/${source.venue}/pricing/${source.name}/feed`;
  /** @param {object} body @param {string} done */
  const tell = async (body, done) => {
    const told = await run(() => send("POST", where, body), done);
    again();
    return told;
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const told = Object.entries(given).filter(([, value]) => value.trim());
    const price = Object.fromEntries(told.map(([name, value]) => [name, value.trim()]));
    if (await tell({ prices: [price] }, `${price.symbol} is told.`)) give({ ...NOTHING, symbol: given.symbol });
  };
  /** @param {keyof typeof NOTHING} name @param {string} label @param {string} example */
  const field = (name, label, example) => html`<label>${label}
    <input
      autocomplete="off"
      placeholder=${example}
      disabled=${closed}
      value=${given[name]}
      onInput=${(/** @type {any} */ event) => give({ ...given, [name]: event.target.value })}
    /></label>`;
  const priced = [given.bid, given.ask, given.last].some((one) => one.trim());
  return html`<form class="stack" aria-label=${`Feed of ${source.name}`} onSubmit=${submit}>
    <div class="form">
      ${field("symbol", "Symbol, as it is called there", source.symbols[0] ?? "")}
      ${field("bid", "Bid", "as it was")} ${field("ask", "Ask", "as it was")} ${field("last", "Last", "as it was")}
    </div>
    <div class="bar tight">
      <button class="main" disabled=${closed || !given.symbol.trim() || !priced}>Tell it</button>
      <button type="button" disabled=${closed} onClick=${() => tell({ link: "up" }, "The link is up.")}>Link up</button>
      <button type="button" disabled=${closed} onClick=${() => tell({ link: "down" }, "The link is down.")}>Link down</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}
