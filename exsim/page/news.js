// @ts-check
/**
 * What the simulator did, for all pages: every event but messages and bots', and how the connection is.
 *
 * One stream for the whole page, since a browser makes few connections to one host.
 */
import { get, granted } from "./api.js";
import { Follow } from "./events.js";
import { Signal } from "./signal.js";

/** Not `bot`: who asks for that is told each thing that a bot does. */
const KINDS = ["session", "operation", "rule", "fault", "hold", "phase", "reset", "note"];
const KEPT = 500;
/** How many entries of the journal to begin before its end: some minutes of a market that bots trade. */
const BACK = 10_000;

/** @typedef {import("./events.js").Event} Event */

export const news = {
  /** The newest, oldest first. */
  events: new Signal(/** @type {Event[]} */ ([])),
  /** How many there were of a kind: watch one to learn that something of that kind happened. */
  counts: new Map(KINDS.map((kind) => [kind, new Signal(0)])),
  state: new Signal(/** @type {import("./events.js").State} */ ("connecting")),
};

/**
 * How many events of a kind there were.
 * @param {string} kind
 * @returns {Signal<number>}
 */
export function count(kind) {
  const found = news.counts.get(kind);
  if (!found) throw new RangeError(`no page follows events of kind ${kind}`);
  return found;
}

/** @type {Follow | null} */
let following = null;

/** Begin to follow, once we may. */
export async function startNews() {
  following?.close();
  following = null;
  if (!granted.value) return;
  const follow = new Follow({ kind: KINDS, after: await beginning() }, take, (why) =>
    take([said(why)]),
  );
  following = follow;
  follow.state.watch(() => (news.state.value = follow.state.value));
  news.state.value = follow.state.value;
}

async function beginning() {
  try {
    const { position } = await get("/messages", { limit: 1, order: "newest" });
    return position.replace(/(\d+)-(\d+)/g, (/** @type {string} */ _, /** @type {string} */ epoch,
      /** @type {string} */ seq) => `${epoch}-${Math.max(0, Number(seq) - BACK)}`);
  } catch {
    return null;
  }
}

/** @param {Event[]} events */
function take(events) {
  const all = news.events.value;
  all.push(...events);
  if (all.length > 2 * KEPT) all.splice(0, all.length - KEPT);
  news.events.touch();
  for (const { event } of events) {
    const counter = news.counts.get(event);
    if (counter) counter.value++;
  }
}

/**
 * @param {string} text
 * @returns {Event}
 */
function said(text) {
  const time = new Date().toISOString().replace("Z", "000000Z");
  return { event: "note", id: "", seq: 0, time, venue: "", session: "", text, message: null, about: {} };
}
