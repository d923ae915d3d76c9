// @ts-check
/**
 * The orders of a filter, newest first: those that come, older ones as they are asked for; and those
 * that are seen are asked for again, since orders change.
 *
 * A window of all there are: rows past `most` are let go at the far end, and can be asked for again.
 */
import { get, path, words } from "./api.js";
import { repeat } from "./poll.js";
import { Signal } from "./signal.js";

/** @typedef {import("./api.js").Query} Query */
/** @typedef {{order_id: string} & Record<string, any>} Order */
/** @typedef {{items: Order[], next: string | null, position: string}} Found */

const PAUSE = 1000;
const PAGE = 200;
/** REST gives no more at once. */
const LIMIT = 1000;
/** How near to the end of what is there one has to look for more to be asked for. */
const NEAR = 60;

export class OrderList {
  /** Rows that are kept. */
  static most = 20_000;

  /** @param {string} venue @param {Query} asked which: session, symbol, status and the like */
  constructor(venue, asked) {
    this.where = path`/venues/${venue}/orders`;
    this.asked = asked;
    /** @type {Order[]} newest first */
    this.rows = [];
    /** How many rows were put before the first, less those taken away there. */
    this.shifted = 0;
    /** Whether there are older ones than the last. */
    this.older = false;
    /** Whether newer ones than the first were let go. */
    this.newer = false;
    this.loading = true;
    this.trouble = "";
    this.changed = new Signal(this);
    this.epoch = "";
    this.seen = { first: 0, last: 0 };
    this.busy = false;
    this.loop = repeat((signal) => this.renew(signal), PAUSE, (error) => this.failed(error));
  }

  close() {
    this.loop.stop();
  }

  /** Ask at once: something was done. */
  now() {
    this.loop.now();
  }

  /** @param {any} error */
  failed(error) {
    if (error.status === 410) this.begin(); // a reset
    else this.trouble = words(error);
    this.changed.touch();
  }

  begin() {
    this.rows = [];
    this.epoch = "";
    this.older = this.newer = false;
  }

  /** @param {Query} query @param {AbortSignal} [signal] @returns {Promise<Found>} */
  async ask(query, signal) {
    const found = await get(this.where, { ...this.asked, ...query }, signal);
    const epoch = found.position.split("-")[0];
    if (epoch !== this.epoch) this.begin();
    this.epoch = epoch;
    return found;
  }

  /** Where the list goes on after an order, in either direction. @param {Order} order */
  cursor(order) {
    return `${this.epoch}-${order.order_id}`;
  }

  /** Have what is seen as it is now, and what came if the beginning is seen. @param {AbortSignal} signal */
  async renew(signal) {
    const { first, last } = this.seen;
    const above = this.rows[Math.min(first, this.rows.length) - 1];
    if (!above && this.newer) return this.more();
    const limit = Math.min(LIMIT, Math.max(PAGE, last - first + NEAR));
    const after = above ? this.cursor(above) : null;
    const found = await this.ask({ order: "newest", limit, after }, signal);
    const at = above ? this.rows.indexOf(above) + 1 : 0;
    if (signal.aborted || (above && !at)) return;
    this.put(at, found);
    this.loading = false;
    this.trouble = "";
    this.changed.touch();
  }

  /** Put orders in the place of those that they tell anew. @param {number} at @param {Found} found */
  put(at, { items, next }) {
    const oldest = next === null ? 0 : Number(items[items.length - 1].order_id);
    let end = at;
    while (end < this.rows.length && Number(this.rows[end].order_id) >= oldest) end++;
    // Where so many came that the old ones do not follow on them, those are let go.
    if (at === 0 && end === 0) end = this.rows.length;
    if (end === this.rows.length) this.older = next !== null;
    this.rows.splice(at, end - at, ...items);
  }

  /** @param {number} first @param {number} last the rows that are seen */
  look(first, last) {
    this.seen = { first, last };
    this.more().catch((error) => this.failed(error));
  }

  /** Ask for what is near to what is seen, and not there. */
  async more() {
    if (this.busy) return;
    this.busy = true;
    try {
      if (this.older && this.seen.last > this.rows.length - NEAR) await this.back();
      else if (this.newer && this.seen.first < NEAR) await this.forth();
    } finally {
      this.busy = false;
    }
  }

  /** Put older ones after the last. */
  async back() {
    const end = this.rows[this.rows.length - 1];
    const found = await this.ask({ order: "newest", limit: PAGE, after: this.cursor(end) });
    if (this.rows[this.rows.length - 1] !== end) return;
    this.rows.push(...found.items);
    this.older = found.next !== null;
    const over = this.rows.length - OrderList.most;
    if (over > 0) {
      this.rows.splice(0, over);
      this.shifted -= over;
      this.newer = true;
    }
    this.changed.touch();
  }

  /** Put newer ones before the first. */
  async forth() {
    const [begin] = this.rows;
    const found = await this.ask({ order: "oldest", limit: PAGE, after: this.cursor(begin) });
    if (this.rows[0] !== begin) return;
    this.rows.unshift(...found.items.reverse());
    this.shifted += found.items.length;
    this.newer = found.next !== null;
    if (this.rows.length > OrderList.most) {
      this.rows.length = OrderList.most;
      this.older = true;
    }
    this.changed.touch();
  }
}
