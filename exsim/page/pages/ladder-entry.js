// @ts-check
/** Order entry: what a click on the ladder does not say. */
import { may } from "../api.js";
import { Choice } from "../parts/choice.js";
import { html, useState } from "../vendor/preact-htm.js";

const TYPES = ["LIMIT", "MARKET", "STOP", "STOP_LIMIT", "MARKET_TO_LIMIT"];
const TIMES = ["DAY", "IOC", "FOK", "GTC", "AT_OPENING", "AT_CLOSE", "GOOD_FOR_AUCTION"];
const UNPRICED = ["MARKET", "STOP", "MARKET_TO_LIMIT"];

/** @param {any} properties */
export function Entry({ session, setSession, sessions, quantity, setQuantity, enter }) {
  const [price, setPrice] = useState("");
  const [stop, setStop] = useState("");
  const [type, setType] = useState("LIMIT");
  const [time, setTime] = useState("DAY");
  const priced = !UNPRICED.includes(type);
  const stopped = type.startsWith("STOP");
  /** @param {"BUY" | "SELL"} side */
  const go = (side) =>
    enter({
      side,
      type,
      time_in_force: time,
      price: priced ? price : null,
      stop_price: stopped ? stop : null,
    });
  /** @param {(text: string) => void} set */
  const into = (set) => (/** @type {any} */ event) => set(event.target.value);
  /** @param {string} label @param {string} value @param {(text: string) => void} set */
  const field = (label, value, set) => html`<label
    >${label}<input inputmode="decimal" autocomplete="off" value=${value} onInput=${into(set)}
  /></label>`;
  /** @param {string} label @param {string} value @param {(text: string) => void} set @param {any[]} all */
  const choice = (label, value, set, all) =>
    html`<label>${label}<${Choice} value=${value} options=${all} onChoose=${set} /></label>`;
  const closed = !may("trade");
  return html`<section class="panel entry" aria-labelledby="entry">
    <h2 id="entry">Order</h2>
    <div class="form">
      ${field("Quantity", quantity, setQuantity)}
      ${priced && field("Price", price, setPrice)}
      ${stopped && field("Stop price", stop, setStop)}
      ${choice("Type", type, setType, TYPES)}
      ${choice("Time", time, setTime, TIMES)}
      ${choice("For", session, setSession, [
        ["", "nobody"],
        ...sessions.map((/** @type {any} */ one) => one.name),
      ])}
    </div>
    <div class="two">
      <button class="buy" disabled=${closed} onClick=${() => go("BUY")}>Buy</button>
      <button class="sell" disabled=${closed} onClick=${() => go("SELL")}>Sell</button>
    </div>
    ${closed && html`<p class="dim">Entering orders takes a token for trade.</p>`}
  </section>`;
}
