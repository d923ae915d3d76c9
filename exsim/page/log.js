// @ts-check
/**
 * The messages of a filter: the newest ones, those that come, and older ones as they are asked for.
 *
 * A window of the journal: rows past MOST are let go at the far end, and can be asked for again.
 */
import { get, words } from "./api.js";
import { Follow } from "./events.js";
import { rowOf, rowOfEvent } from "./parts/message.js";
import { Signal } from "./signal.js";

/** @typedef {import("./parts/message.js").Row} Row */
/** A row of the log: `at` is a number of its own, `cursor` where the journal goes on before it; empty where that is not known;
 *   `reset` are the venues that a line of a reset names. */
/** @typedef {Row & {at: number, cursor: string, mark?: string, reset?: string[]}} LogRow */

export const MOST = 50_000;
const LET_GO = 10_000;
/** Milliseconds between two times that rows are drawn: nobody reads faster. */
const DRAWN = 100;
const PAGE = 200;
/** How many times to look further where a filter found nothing yet. */
const LOOKS = 50;

export class Log {
  /** @param {string} filter */
  constructor(filter) {
    this.filter = filter;
    /** @type {LogRow[]} oldest first */
    this.rows = [];
    /** How many rows were put before the first, less those taken away there. */
    this.shifted = 0;
    /** What is wrong with the filter, or with the simulator. */
    this.trouble = "";
    this.loading = true;
    /** Where older ones are; null where there are none. */
    this.older = /** @type {string | null} */ (null);
    this.changed = new Signal(this, DRAWN);
    this.closed = new AbortController();
    this.first = 0;
    this.next = 0;
    /** The cursor after the newest row. */
    this.last = "";
    /** @type {Follow | null} */
    this.follow = null;
    this.begin();
  }

  close() {
    this.closed.abort();
    this.follow?.close();
  }

  async begin() {
    try {
      const position = await this.back(null);
      if (this.closed.signal.aborted) return;
      this.last = position;
      const wanted = {
        kind: ["message", "reset"],
        filter: this.filter || null,
        after: position,
        messages: "line",
      };
      this.follow = new Follow(
        wanted,
        (events) => this.take(events),
        (why) => this.mark(why),
      );
      this.follow.state.watch(() => {
        if (this.follow?.trouble) this.trouble = this.follow.trouble;
        this.changed.touch();
      });
    } catch (error) {
      if (!this.closed.signal.aborted) this.trouble = words(error);
    }
    this.loading = false;
    this.changed.touch();
  }

  /** Put older ones before the first, if there are any. */
  async more() {
    if (this.loading || this.older === null || this.rows.length >= MOST) return;
    this.loading = true;
    try {
      await this.back(this.older);
    } catch (error) {
      this.trouble = words(error);
      this.older = null;
    }
    this.loading = false;
    this.changed.touch();
  }

  /**
   * Look back from a cursor until something is found.
   * @param {string | null} after
   * @returns {Promise<string>} where the journal ended
   */
  async back(after) {
    let end = "";
    for (let looks = 0; looks < LOOKS; looks++) {
      const asked = { filter: this.filter || null, order: "newest", limit: PAGE, after };
      const page = await get("/messages", asked, this.closed.signal);
      end ||= page.position;
      const epoch = page.position.split("-")[0];
      const found = page.items.map((/** @type {any} */ one) => ({
        ...rowOf(one),
        at: --this.first,
        cursor: page.position.includes(".") ? "" : `${epoch}-${one.seq}`,
      }));
      this.rows.unshift(...found.reverse());
      this.shifted += found.length;
      this.older = after = page.next;
      this.changed.touch();
      if (this.rows.length >= PAGE / 2 || found.length || after === null) break;
    }
    return end;
  }

  /** @param {import("./events.js").Event[]} events */
  take(events) {
    for (const event of events) {
      if (event.event === "reset") this.reset(event);
      else this.rows.push({ ...rowOfEvent(event), at: this.next++, cursor: before(event.id, this.last) });
      this.last = event.id;
    }
    if (this.rows.length > MOST + LET_GO) {
      let gone = this.rows.length - MOST;
      while (!this.rows[gone].cursor && gone < this.rows.length - 1) gone++;
      this.rows.splice(0, gone);
      this.shifted -= gone;
      this.older = this.rows[0].cursor || null;
    }
    this.changed.touch();
  }

  /**
   * A line for a reset: one for those of several venues, which each have a journal, where no message
   * of this venue came after the line of the others.
   * @param {import("./events.js").Event} event
   */
  reset({ venue, text }) {
    let at = this.rows.length - 1;
    while (at >= 0 && !this.rows[at].mark && this.rows[at].venue !== venue) at--;
    const { reset, line } = this.rows[at] ?? {};
    if (!reset || reset.includes(venue)) return this.mark(text, [venue]);
    const both = `${line}, ${text.replace(/^reset: /, "")}`;
    this.rows[at] = { ...this.rows[at], mark: both, line: both, reset: [...reset, venue] };
  }

  /** @param {string} text a line between messages @param {string[]} [reset] */
  mark(text, reset) {
    this.rows.push({
      at: this.next++, cursor: "", mark: text, seq: 0, time: "", clock: "", venue: "", session: "",
      direction: "in", type: "", name: "", line: text, reset,
    });
    this.changed.touch();
  }
}

/**
 * The cursor before a message: of each other journal, where venues have one each, what came up to now is
 * before it, too.
 * @param {string} cursor that after it
 * @param {string} last that after what came before it
 */
function before(cursor, last) {
  const known = last.split(".");
  return cursor
    .split(".")
    .map((part, index) => (part === known[index] ? part.replace(/\d+$/, (seq) => String(Number(seq) + 1)) : part))
    .join(".");
}

/**
 * A message, by its number in the journal.
 * @param {number} seq
 * @param {string} [venue]
 * @returns {Promise<import("./parts/message.js").Message | null>}
 */
export async function messageOf(seq, venue = "") {
  const { position } = await get("/messages", { limit: 1, order: "newest", venue: venue || null });
  const simple = /^(\d+)-\d+$/.exec(position);
  const after = simple ? `${simple[1]}-${seq - 1}` : null;
  const filter = `seq=${seq}`;
  const page = await get("/messages", { filter, after, venue: venue || null, limit: 1 });
  return page.items[0] ?? null;
}
