// @ts-check
/** A message of a session in words: its fields by name, and what it says in a line. */
import { clock } from "./times.js";

/** @typedef {{tag: string, name: string, value: string, meaning: string}} Field */
/** @typedef {{seq: number, time: string, venue: string, session: string, direction: "in" | "out",
 *   type: string, name: string, text: string, raw: string, fields: Field[], cause: number | null,
 *   caused: {sent: number[], rules: string[], faults: string[], orders: string[]} | null}} Message */

/** What a row of a table has of a message: little, for there are many. */
/** @typedef {{seq: number, time: string, clock: string, venue: string, session: string,
 *   direction: "in" | "out", type: string, name: string, line: string}} Row */

/** Short names of the filter language, by their tags. */
const SHORT = new Map(
  Object.entries({
    1: "account", 11: "cl_ord_id", 17: "exec_id", 37: "order_id", 39: "status", 41: "orig_cl_ord_id",
    58: "text", 99: "stop", 103: "reason", 150: "exec",
  }),
);
/** Fields that are told in a way of their own, or that every message has. */
const TOLD = new Set(
  ("8 9 10 34 35 43 49 50 52 56 57 60 89 93 97 115 116 122 128 129 142 143 144 145 369 1128 " +
    "11 41 37 17 150 39 54 38 55 44 40 59 32 31 14 151 6 21").split(" "),
);
const ROOM = 140;

/** @param {Field} field */
function valueOf(field) {
  return field.meaning || field.value;
}

/** @param {Field} field */
function pair(field) {
  const value = valueOf(field);
  const shown = /^$| /.test(value) ? `"${value}"` : value;
  return `${SHORT.get(field.tag) ?? (field.name || field.tag)}=${shown}`;
}

/**
 * What a message says, in a line, as the simulator itself says it of an event.
 * @param {Message} message
 */
export function line(message) {
  /** @type {Map<string, Field>} */
  const found = new Map();
  for (const field of message.fields) if (!found.has(field.tag)) found.set(field.tag, field);
  /** @param {...string} tags */
  const values = (...tags) =>
    tags.flatMap((tag) => (found.has(tag) ? [valueOf(/** @type {Field} */ (found.get(tag)))] : []));
  /** @param {...string} tags */
  const pairs = (...tags) =>
    tags.flatMap((tag) => (found.has(tag) ? [pair(/** @type {Field} */ (found.get(tag)))] : []));
  const state = values("150", "39");
  const words = [
    ...pairs("11", "41", "37"),
    ...(state.length === 2 && state[0] === state[1] ? pairs("150") : pairs("150", "39")),
    ...values("54", "38", "55"),
    ...values("44").map((price) => `@ ${price}`),
    ...values("40", "59"),
    ...done(found),
  ];
  let text = words.join(" ");
  for (const field of message.fields) {
    if (text.length > ROOM) return `${text.slice(0, ROOM)} …`;
    if (!TOLD.has(field.tag)) text += `${text && " "}${pair(field)}`;
  }
  return text;
}

/** @param {Map<string, Field>} found what was filled */
function done(found) {
  /** @param {string} tag */
  const value = (tag) => found.get(tag)?.value ?? "";
  const words = [];
  if (value("32") && value("32") !== "0") words.push(`last ${value("32")} @ ${value("31")}`);
  if (value("14") && value("14") !== "0") words.push(`cum ${value("14")} leaves ${value("151")}`);
  return words;
}

/**
 * The row of an event, which tells the message by a line.
 * @param {import("../events.js").Event} event
 * @returns {Row}
 */
export function rowOfEvent(event) {
  const { seq, time, venue, session, text } = event;
  const { type, name, direction } = event.about;
  const title = name && type ? `${name}(${type})` : name || type || "garbled";
  const at = text.indexOf(direction === "in" ? " --> " : " <-- ") + 5;
  const said = text.startsWith(title, at) ? text.slice(at + title.length + 1) : text.slice(at);
  return { seq, time, clock: clock(time), venue, session, direction, type, name, line: said };
}

/**
 * @param {Message} message
 * @returns {Row}
 */
export function rowOf(message) {
  const { seq, time, venue, session, direction, type, name } = message;
  return { seq, time, clock: clock(time), venue, session, direction, type, name, line: line(message) };
}

/** @param {string} raw base64, as REST tells bytes */
export function bytesOf(raw) {
  return Uint8Array.from(atob(raw), (one) => one.charCodeAt(0));
}
