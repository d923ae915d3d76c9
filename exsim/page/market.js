// @ts-check
/** One instrument as it is now: its book, its trades, and our own orders, asked again and again. */
import { get, getChanged, list, path, words } from "./api.js";
import { repeat } from "./poll.js";
import { Signal } from "./signal.js";

const BOOK = 80;
const TRADES = 250;
const OWN = 300;
export const DEPTH = 200;
export const TAPE = 500;
/** Of how many instruments the books are asked, to find one that has a market. */
const MOST_ASKED = 12;

/** @typedef {{price: string, quantity: string, orders: number}} Level */
/** @typedef {{trade_id: string, time: string, price: string, quantity: string, taker_side: string}} Trade */

export class Market {
  /**
   * @param {string} venue
   * @param {string} symbol
   * @param {string | null} session whose own orders are told; empty: those of nobody, null: none
   * @param {any} [book] as it was a moment ago, where that is known
   */
  constructor(venue, symbol, session, book = null) {
    this.venue = venue;
    this.symbol = symbol;
    this.session = session;
    this.book = new Signal(book);
    /** The newest first. */
    this.trades = new Signal(/** @type {Trade[]} */ ([]));
    this.own = new Signal(/** @type {any[]} */ ([]));
    this.trouble = new Signal("");
    this.tag = { tag: "" };
    /** @param {unknown} error */
    const failed = (error) => (this.trouble.value = words(error));
    this.loops = [
      repeat(() => this.askBook(), BOOK, failed),
      repeat(() => this.askTrades(), TRADES, failed),
      repeat(() => this.askOwn(), OWN, failed),
    ];
  }

  close() {
    for (const loop of this.loops) loop.stop();
  }

  /** Ask all at once: something was done. */
  now() {
    for (const loop of this.loops) loop.now();
  }

  async askBook() {
    const where = path`/venues/${this.venue}/books/${this.symbol}`;
    const book = await getChanged(where, { depth: DEPTH }, this.tag);
    if (book) this.book.value = book;
    this.trouble.value = "";
  }

  async askTrades() {
    const where = path`/venues/${this.venue}/trades`;
    const known = this.trades.value[0];
    const asked = { symbol: this.symbol, order: "newest", limit: known ? 100 : TAPE };
    const { items } = await get(where, asked);
    const at = known ? items.findIndex((/** @type {Trade} */ one) => same(one, known)) : -1;
    if (at === 0) return;
    // Where more came than were asked for, or all began anew, what is told is what there is.
    this.trades.value = at < 0 ? items : [...items.slice(0, at), ...this.trades.value].slice(0, TAPE);
  }

  async askOwn() {
    if (this.session === null) return;
    const where = path`/venues/${this.venue}/orders`;
    const own = await list(where, { session: this.session, symbol: this.symbol });
    if (JSON.stringify(own) !== JSON.stringify(this.own.value)) this.own.value = own;
  }
}

/** @param {Trade} one @param {Trade} other */
function same(one, other) {
  return one.trade_id === other.trade_id && one.time === other.time;
}

/**
 * What to show of a venue where nobody said what: the first instrument that has a market, of both
 * sides if there is one; the first of all where nothing rests.
 * @param {any} venue
 */
export async function liveliest(venue) {
  const some = venue.instruments.slice(0, MOST_ASKED);
  const books = await Promise.all(
    some.map((/** @type {string} */ one) =>
      get(path`/venues/${venue.name}/books/${one}`, { depth: 1 }),
    ),
  );
  const two = books.findIndex((book) => book.bids.length && book.asks.length);
  const one = books.findIndex((book) => book.bids.length || book.asks.length);
  return some[Math.max(two < 0 ? one : two, 0)] ?? "";
}
