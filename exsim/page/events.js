// @ts-check
/**
 * Server-sent events, by fetch: EventSource could not send a token.
 *
 * Each has an id, the cursor to go on after. When the connection is lost it is made again, and
 * goes on there, so that nothing is missed and nothing comes twice. A simulator that was started
 * anew without its journal is told from one that goes on by the name of its run.
 */
import { address, credentials, get, locked, problemOf } from "./api.js";
import { Signal } from "./signal.js";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;
/** Milliseconds without even a heartbeat after which a connection counts as lost. */
const SILENCE = 40_000;
const BEGINNING = "0-0";

/** @typedef {{event: string, id: string, seq: number, time: string, venue: string, session: string,
 *   text: string, message: any, about: any}} Event */
/** @typedef {"connecting" | "live" | "lost" | "ended"} State */

export class Follow {
  /**
   * @param {{kind?: string[], venue?: string | null, filter?: string | null, after?: string | null,
   *   messages?: string}} wanted
   * @param {(events: Event[]) => void} tell called with what came, in order
   * @param {(why: string) => void} [gap] called where what follows does not go on from before
   */
  constructor(wanted, tell, gap = () => {}) {
    this.wanted = wanted;
    this.tell = tell;
    this.gap = gap;
    /** @type {string | null} */
    this.last = wanted.after ?? null;
    this.state = new Signal(/** @type {State} */ ("connecting"));
    /** Why it ended, where it did by itself. */
    this.trouble = "";
    this.run = "";
    this.begun = false;
    this.closed = new AbortController();
    this.ended = this.keepOn();
  }

  close() {
    this.closed.abort();
    this.state.value = "ended";
  }

  async keepOn() {
    let pause = FIRST_PAUSE;
    while (!this.closed.signal.aborted) {
      try {
        await this.checkRun();
        await this.read(() => (pause = FIRST_PAUSE));
      } catch (error) {
        if (this.closed.signal.aborted) return;
        if (!this.survives(error)) return;
      }
      if (this.closed.signal.aborted) return;
      this.state.value = "lost";
      await wait(pause, this.closed.signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  /**
   * @param {any} error
   * @returns {boolean} whether another attempt makes sense
   */
  survives(error) {
    if (error.status === 410) {
      if (this.begun) this.gap(error.message);
      this.last = BEGINNING;
    } else if ([400, 403, 404, 422].includes(error.status)) {
      this.trouble = error.message;
      this.state.value = "ended";
      return false;
    }
    return true;
  }

  /** Begin anew where the simulator did. */
  async checkRun() {
    const { run, lasts } = await get("/version", {}, this.closed.signal);
    if (this.run && run !== this.run && !lasts) {
      this.gap("The simulator was started anew.");
      this.last = BEGINNING;
    }
    this.run = run;
  }

  /** @param {() => void} begun */
  async read(begun) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    this.closed.signal.addEventListener("abort", stop);
    let silence = setTimeout(stop, SILENCE);
    try {
      const { kind, venue, filter, messages } = this.wanted;
      const headers = { ...credentials(), ...(this.last ? { "Last-Event-ID": this.last } : {}) };
      const response = await fetch(address("/events", { kind, venue, filter, messages }), {
        headers,
        signal: attempt.signal,
        cache: "no-store",
      });
      if (!response.ok || !response.body) throw await problemOf(response);
      begun();
      this.begun = true;
      this.state.value = "live";
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE);
        rest = this.take(rest + value);
      }
    } finally {
      clearTimeout(silence);
      this.closed.signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Tell the events that are whole.
   * @param {string} text
   * @returns {string} the rest
   */
  take(text) {
    const end = text.lastIndexOf("\n\n");
    if (end < 0) return text;
    /** @type {Event[]} */
    const events = [];
    let failure = null;
    for (const block of text.slice(0, end).split("\n\n")) {
      const found = parse(block);
      if (found.event === "error") {
        const { status, detail } = JSON.parse(found.data);
        failure = Object.assign(new Error(detail), { status });
        break;
      }
      if (found.data) events.push(JSON.parse(found.data));
      if (found.id) this.last = found.id;
    }
    // Also those that came with the failure: what follows goes on after them.
    if (events.length) this.tell(events);
    if (failure) throw failure;
    return text.slice(end + 2);
  }
}

/**
 * @param {string} block
 * @returns {Record<string, string>}
 */
function parse(block) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return fields;
}

/**
 * @param {number} time milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(time, signal) {
  return new Promise((done) => {
    const go = () => {
      clearTimeout(timer);
      ended();
      done();
    };
    const timer = setTimeout(go, time);
    const ended = locked.watch(go);
    signal.addEventListener("abort", go, { once: true });
  });
}
