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

const QUIET = new Set(["8", "9", "10", "34", "35", "49", "52", "56", "43", "97", "122"]);
const MOST = 160;

/**
 * The value of the first field of a name, as its code is called where it has one.
 * @param {Message} message
 * @param {...string} names of FIX, or of OUCH and ITCH
 */
export function value(message, ...names) {
  for (const field of message.fields) {
    if (names.includes(field.name)) return field.meaning || field.value;
  }
  return "";
}

/** @param {Message} message what it says, in a line */
export function line(message) {
  const parts = [];
  const side = value(message, "Side", "side");
  const symbol = value(message, "Symbol", "symbol", "stock");
  const qty = value(message, "OrderQty", "quantity", "shares");
  const price = value(message, "Price", "price");
  const id = value(message, "ClOrdID", "order_token", "user_ref_num");
  const exec = value(message, "ExecType");
  const status = value(message, "OrdStatus");
  const last = value(message, "LastQty", "LastShares");
  if (id) parts.push(id);
  if (exec) parts.push(exec === status || !status ? exec : `${exec} ${status}`);
  if (side || symbol) parts.push([side, qty, symbol, price && `@ ${price}`].filter(Boolean).join(" "));
  if (last && last !== "0") parts.push(`last ${last} @ ${value(message, "LastPx")}`);
  if (exec) parts.push(`cum ${value(message, "CumQty")} leaves ${value(message, "LeavesQty")}`);
  const text = value(message, "Text", "reason");
  if (text) parts.push(text);
  if (!parts.length) parts.push(rest(message));
  return parts.join("  ").slice(0, MOST);
}

/** @param {Message} message the fields of one that is of no order */
function rest(message) {
  return message.fields
    .filter((field) => !QUIET.has(field.tag))
    .map((field) => `${field.name || field.tag}=${field.meaning || field.value}`)
    .join(" ");
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
