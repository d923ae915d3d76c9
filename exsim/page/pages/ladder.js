// @ts-check
/** A book as a ladder: fixed rows of prices, what rests there, what is ours, and a click trades. */
import { get, list, may, path, send } from "../api.js";
import { DEPTH, Market, liveliest } from "../market.js";
import { Chart } from "../parts/chart.js";
import { Choice } from "../parts/choice.js";
import { exact, format, grouped, parse } from "../parts/decimal.js";
import { attempt, say } from "../parts/notices.js";
import { Ticks } from "../parts/ticks.js";
import { clock } from "../parts/times.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useMemo, useRef, useState } from "../vendor/preact-htm.js";
import { Entry } from "./ladder-entry.js";

/** @typedef {import("../parts/decimal.js").Amount} Amount */
/** @typedef {"BUY" | "SELL"} Side */

const ROW = 22;
const LEAST_EACH = 8;
/** The part of the ladder around its middle in which the market may move before it is moved. */
const CALM = 0.6;

/** @param {any} book where the market is; null where nothing rests */
function middleOf(book) {
  const [bid, ask] = [book?.bids[0]?.price, book?.asks[0]?.price];
  if (bid && ask) return (exact(bid) + exact(ask)) / 2n;
  return bid || ask ? exact(bid ?? ask) : null;
}

/**
 * @param {any[]} levels
 * @returns {Map<Amount, any>}
 */
function byPrice(levels) {
  return new Map(levels.map((level) => [exact(level.price), level]));
}

/** @param {any[]} orders @returns {Map<string, {quantity: Amount, ids: string[]}>} */
function ownByPrice(orders) {
  const found = new Map();
  for (const order of orders) {
    if (order.price === null) continue;
    const key = `${order.side === "BUY" ? "BUY" : "SELL"} ${exact(order.price)}`;
    const one = found.get(key) ?? { quantity: 0n, ids: [] };
    one.quantity += exact(order.leaves_quantity);
    one.ids.push(order.order_id);
    found.set(key, one);
  }
  return found;
}

/**
 * @param {{market: Market, ticks: Ticks, instrument: any, enter: (side: Side, price: Amount) => void,
 *   cancel: (ids: string[]) => void, cancelAt: (price: Amount) => void,
 *   more: (step: number) => void}} properties
 */
function Ladder({ market, ticks, instrument, enter, cancel, cancelAt, more }) {
  const book = useSignal(market.book);
  const own = ownByPrice(useSignal(market.own));
  const trades = useSignal(market.trades);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [each, setEach] = useState(12);
  const [middle, setMiddle] = useState(/** @type {Amount | null} */ (null));
  const [picked, setPicked] = useState(/** @type {Amount | null} */ (null));
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) =>
      setEach(Math.max(LEAST_EACH, Math.floor((contentRect.height / ROW - 1) / 2))),
    );
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, []);

  const last = trades[0];
  const market_ = middleOf(book);
  const now = market_ ?? (last ? exact(last.price) : instrument.reference && exact(instrument.reference));
  const place = now === null ? null : ticks.whole(now);
  const centre = middle ?? place ?? ticks.at(0n) * 100n;
  const rows = useMemo(() => ticks.around(centre, each), [ticks, centre, each]);
  const calm = Math.floor(each * CALM);
  const away = place !== null && (place > rows[each - calm] || place < rows[each + calm]);
  useEffect(() => {
    if (place !== null && (middle === null || away)) setMiddle(place);
  }, [place === null, away]);

  const bids = byPrice(book?.bids ?? []);
  const asks = byPrice(book?.asks ?? []);
  const most = [...bids.values(), ...asks.values()].reduce(
    (found, level) => Math.max(found, Number(level.quantity)),
    1,
  );
  const lastAt = last ? exact(last.price) : null;

  /** @param {Side} side @param {Amount} price */
  const mine = (side, price) => own.get(`${side} ${price}`);
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = picked ?? centre;
    const acts = /** @type {Record<string, () => void>} */ ({
      ArrowUp: () => pick(ticks.above(at)),
      ArrowDown: () => pick(ticks.below(at)),
      PageUp: () => pick(rows[0]),
      PageDown: () => pick(rows[rows.length - 1]),
      b: () => enter("BUY", at),
      s: () => enter("SELL", at),
      x: () => cancelAt(at),
      c: () => place !== null && (setMiddle(place), setPicked(place)),
      "+": () => more(1),
      "-": () => more(-1),
    });
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  /** @param {Amount} price */
  const pick = (price) => {
    setPicked(price);
    if (price > rows[1] || price < rows[rows.length - 2]) setMiddle(price);
  };
  /** @param {WheelEvent} event */
  const wheel = (event) => {
    let to_ = centre;
    for (let left = 3; left > 0; left--) to_ = event.deltaY < 0 ? ticks.above(to_) : ticks.below(to_);
    setMiddle(to_);
  };

  return html`<div
    class="ladder"
    role="grid"
    aria-label="Ladder"
    tabindex="0"
    ref=${element}
    onKeyDown=${key}
    onWheel=${wheel}
  >
    <div role="row" class="row head">
      ${["Own", "Orders", "Bid", "Price", "Ask", "Orders", "Own"].map(
        (name, index) => html`<span role="columnheader" key=${index}>${name}</span>`,
      )}
    </div>
    ${rows.map((price) => {
      const text = format(price, ticks.places);
      return html`<div
        role="row"
        key=${text}
        class=${`row${price === picked ? " picked" : ""}`}
        aria-selected=${String(price === picked)}
        data-price=${text}
      >
        <${Half} side="BUY" level=${bids.get(price)} own=${mine("BUY", price)} most=${most} price=${text}
          enter=${() => enter("BUY", price)} cancel=${cancel} />
        <span role="rowheader" class=${`price${price === lastAt ? " last" : ""}`} onClick=${() => setPicked(price)}
          >${text}</span
        >
        <${Half} side="SELL" level=${asks.get(price)} own=${mine("SELL", price)} most=${most} price=${text}
          enter=${() => enter("SELL", price)} cancel=${cancel} />
      </div>`;
    })}
  </div>`;
}

/** One side of a row. @param {any} properties */
function Half({ side, level, own, most, price, enter, cancel }) {
  const buy = side === "BUY";
  const width = level ? `${Math.max(2, (100 * Number(level.quantity)) / most)}%` : "0";
  const mine = html`<span role="gridcell" class="own"
    >${own &&
    html`<button
      class="plain"
      tabindex="-1"
      title="Cancel"
      aria-label=${`Cancel own ${side} at ${price}`}
      onClick=${() => cancel(own.ids)}
      >${grouped(format(own.quantity))}</button
    >`}</span
  >`;
  const orders = html`<span role="gridcell" class="orders">${level?.orders ?? ""}</span>`;
  const size = html`<span role="gridcell" class=${buy ? "size buy" : "size sell"}>
    <span class="level" style=${{ width }}></span>
    <button tabindex="-1" aria-label=${`${side} at ${price}`} onClick=${enter}
      >${level ? grouped(level.quantity) : ""}</button
    ></span
  >`;
  return buy ? html`${mine}${orders}${size}` : html`${size}${orders}${mine}`;
}

/** @param {{market: Market}} properties */
function Graph({ market }) {
  const trades = useSignal(market.trades);
  return html`<section class="panel graph" aria-labelledby="graph">
    <h2 id="graph">Price and volume</h2>
    <${Chart} points=${trades} label=${`Prices and volumes of the last ${trades.length} trades`} />
  </section>`;
}

/** @param {{market: Market, ticks: Ticks}} properties */
function Tape({ market, ticks }) {
  const trades = useSignal(market.trades);
  return html`<section class="panel tape" aria-labelledby="tape">
    <h2 id="tape">Trades</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="tape">
      <table>
        <tbody>
          ${trades.slice(0, 40).map(
            (trade) => html`<tr key=${trade.trade_id}>
              <td class="mono dim">${clock(trade.time)}</td>
              <td class=${`number ${trade.taker_side === "BUY" ? "buy" : "sell"}`}>${ticks.show(trade.price)}</td>
              <td class="number">${grouped(trade.quantity)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${trades.length === 0 && html`<p class="empty">No trade yet.</p>`}
    </div>
  </section>`;
}

/** @param {{market: Market, ticks: Ticks, cancel: (ids: string[]) => void}} properties */
function Own({ market, ticks, cancel }) {
  const own = useSignal(market.own);
  return html`<section class="panel own-orders" aria-labelledby="own">
    <h2 id="own">
      Own orders
      ${own.length > 0 &&
      html`<button onClick=${() => cancel(own.map((one) => one.order_id))}>Cancel all</button>`}
    </h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="own">
      <table>
        <tbody>
          ${own.slice(-100).reverse().map(
            (order) => html`<tr key=${order.order_id}>
              <td><a href=${to("orders", [market.venue, order.order_id])}>${order.order_id}</a></td>
              <td class=${order.side === "BUY" ? "buy" : "sell"}>${order.side}</td>
              <td class="number">${grouped(order.leaves_quantity)}</td>
              <td class="number">${order.price === null ? order.type : ticks.show(order.price)}</td>
              <td class="dim">${order.status.toLowerCase().replace("_", " ")}</td>
              <td><button class="plain" aria-label=${`Cancel order ${order.order_id}`} onClick=${() => cancel([order.order_id])}>×</button></td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${own.length === 0 && html`<p class="empty">None open.</p>`}
    </div>
  </section>`;
}

/** @param {{market: Market, ticks: Ticks, instrument: any}} properties */
function Head({ market, ticks, instrument }) {
  const book = useSignal(market.book);
  const trades = useSignal(market.trades);
  const trouble = useSignal(market.trouble);
  const auction = book?.auction;
  return html`<span class=${`phase ${book?.phase ?? ""}`}>${(book?.phase ?? "").replace("-", " ")}</span>
    ${trades[0] && html`<span>last <strong>${ticks.show(trades[0].price)}</strong> <span class="dim">${grouped(trades[0].quantity)}</span></span>`}
    ${auction && html`<span>auction: ${auction.price === null ? "nothing would trade" : `${auction.volume} @ ${auction.price}`}</span>`}
    ${book?.implied_bid && html`<span class="dim">implied bid ${book.implied_bid.quantity} @ ${book.implied_bid.price}</span>`}
    ${book?.implied_ask && html`<span class="dim">implied ask ${book.implied_ask.quantity} @ ${book.implied_ask.price}</span>`}
    <span class="dim">tick ${instrument.ticks || instrument.tick} lot ${instrument.lot}</span>
    ${trouble && html`<span class="trouble" role="alert">${trouble}</span>`}`;
}

/** @param {{instrument: any, first: {book: any}, sessions: any[], choices: unknown, stale: boolean}} properties */
function Trading({ instrument, first, sessions, choices, stale }) {
  const { venue, symbol, lot } = instrument;
  const [session, setSession] = useState("");
  const [quantity, setQuantity] = useState(format(exact(lot) * 100n));
  const market = useMemo(() => {
    const { book } = first;
    first.book = null; // for the first market alone: it is old by the time of another
    return new Market(venue, symbol, session, book);
  }, [venue, symbol, session]);
  useEffect(() => () => market.close(), [market]);
  const ticks = useMemo(() => new Ticks(instrument), [instrument]);

  /** @param {Record<string, unknown>} order */
  const enterOrder = async (order) => {
    if (!may("trade")) return say("This takes a token for trade.", true);
    const body = { symbol, quantity, session: session || null, ...order };
    const told = await attempt(() => send("POST", path`/venues/${venue}/orders`, body), outcome);
    if (told) market.now();
  };
  /** @param {Side} side @param {Amount} price */
  const enter = (side, price) => enterOrder({ side, price: format(price), type: "LIMIT" });
  /** @param {string[]} ids */
  const cancel = async (ids) => {
    const all = ids.map((id) => send("POST", path`/venues/${venue}/orders/${id}/cancel`, {}));
    await attempt(() => Promise.all(all), ids.length === 1 ? `Canceled ${ids[0]}.` : "");
    market.now();
  };
  /** What is ours at a price now, also what was entered a moment ago. @param {Amount} price */
  const cancelAt = async (price) => {
    await attempt(() => market.askOwn());
    const there = market.own.value.filter((one) => one.price !== null && exact(one.price) === price);
    await cancel(there.map((one) => one.order_id));
  };
  /** @param {number} step */
  const more = (step) => {
    const now = parse(quantity) ?? 0n;
    const next = now + BigInt(step) * exact(lot);
    if (next > 0n) setQuantity(format(next));
  };
  return html`<div class="bar">${choices}<${Head} market=${market} ticks=${ticks} instrument=${instrument} /></div>
  <div class="trading" inert=${stale}>
    <${Ladder} market=${market} ticks=${ticks} instrument=${instrument} enter=${enter} cancel=${cancel} cancelAt=${cancelAt} more=${more} />
    <div class="beside">
      <${Entry} session=${session} setSession=${setSession} sessions=${sessions} quantity=${quantity}
        setQuantity=${setQuantity} enter=${enterOrder} />
      <${Own} market=${market} ticks=${ticks} cancel=${cancel} />
      <${Graph} market=${market} />
      <${Tape} market=${market} ticks=${ticks} />
    </div>
    <p class="keys dim">
      In the ladder: <kbd>↑</kbd> <kbd>↓</kbd> price, <kbd>B</kbd> buy, <kbd>S</kbd> sell,${" "}
      <kbd>X</kbd> cancel own, <kbd>+</kbd> <kbd>−</kbd> quantity, <kbd>C</kbd> centre
    </p>
  </div>`;
}

/** @param {any} told what became of an order, in a line */
function outcome(told) {
  if (told.outcome === "rejected") return `Rejected: ${told.reason} ${told.text}`;
  if (told.outcome === "pending") return told.hold ? `Held: ${told.hold}` : "No answer yet.";
  const { side, quantity, price, type, status, order_id } = told.order;
  return `${order_id}: ${side} ${quantity} @ ${price ?? type}, ${status.toLowerCase()}.`;
}

export function Page() {
  const { parts } = useSignal(route);
  const [venues, setVenues] = useState(/** @type {any[]} */ ([]));
  const [shown, setShown] = useState({ instrument: /** @type {any} */ (null), first: { book: null } });
  const [sessions, setSessions] = useState(/** @type {any[]} */ ([]));
  const [venueName = "", symbol = ""] = parts;
  useEffect(() => {
    attempt(async () => {
      setVenues(await list("/venues"));
      setSessions(await list("/sessions"));
    });
  }, []);
  const venue = venues.find((one) => one.name === venueName) ?? venues[0];
  const [live, setLive] = useState({ venue: "", symbol: "" });
  useEffect(() => {
    if (symbol || !venue) return;
    attempt(async () => setLive({ venue: venue.name, symbol: await liveliest(venue) }));
  }, [venue, !symbol]);
  const wanted = symbol || (live.venue === venue?.name ? live.symbol : "");
  // What the address names is asked for at once, not when the lists are there, and its book with
  // it: what is drawn first has prices.
  const place = symbol ? venueName : venue?.name;
  useEffect(() => {
    if (!place || !wanted) return;
    let late = false;
    attempt(async () => {
      const [instrument, book] = await Promise.all([
        get(path`/venues/${place}/instruments/${wanted}`),
        get(path`/venues/${place}/books/${wanted}`, { depth: DEPTH }),
      ]);
      if (!late) setShown({ instrument, first: { book } });
    });
    return () => {
      late = true;
    };
  }, [place, wanted]);
  /** @param {string} chosenVenue @param {string} chosenSymbol */
  const go = (chosenVenue, chosenSymbol) => note(to("ladder", [chosenVenue, chosenSymbol].filter(Boolean)));
  const { instrument, first } = shown;
  // Until what is chosen is there, a click would trade what is no longer.
  const stale = instrument?.venue !== place || instrument?.symbol !== wanted;
  const choices = html`${venues.length > 1 &&
    html`<${Choice} label="Venue" value=${venue?.name} options=${venues.map((one) => one.name)}
      onChoose=${(/** @type {string} */ name) => go(name, "")} />`}
    <${Choice} label="Instrument" value=${wanted} options=${venue?.instruments ?? []}
      onChoose=${(/** @type {string} */ name) => go(venue.name, name)} />`;
  return html`<h1 class="hidden">Ladder</h1>
    ${venue && !venue.instruments.length && html`<p class="empty">This venue has no instruments.</p>`}
    ${instrument &&
    html`<${Trading}
      key=${`${instrument.venue} ${instrument.symbol}`}
      instrument=${instrument}
      first=${first}
      choices=${choices}
      stale=${stale}
      sessions=${sessions.filter((one) => one.venue === instrument.venue)}
    />`}`;
}
