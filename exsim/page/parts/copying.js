// @ts-check
/** What a message is good for elsewhere: a filter, a rule, an expectation, a command, as text. */
import { address, token } from "../api.js";
import { say } from "./notices.js";

/** @typedef {import("./message.js").Message} Message */

/** Fields that tell what was asked for, by the short names of the filter language, as protocols call them. */
const TELLING = [
  ["symbol", "Symbol", "Stock", "stock"],
  ["side", "Side", "BuySellIndicator", "side"],
  ["qty", "OrderQty", "Quantity", "Shares", "shares"],
  ["price", "Price", "price"],
  ["exec", "ExecType"],
  ["status", "OrdStatus"],
];

/** Messages by which a session of FIX lives, and those that ask for an order. */
const OF_SESSIONS = ["0", "1", "2", "3", "4", "5", "A"];
const OF_ORDERS = ["D", "O"];

/** @param {string} text as a value of the filter language */
export function quoted(text) {
  return /^[\w.+-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** @param {string} text as a word of a shell */
function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether it is a packet of a session of SoupBinTCP itself, which has no type but its name. @param {Message} message */
const isPacket = ({ type, name }) => type !== "" && type === name;

/** The type of a message, in quotes where it may be none that is known. @param {Message} message */
function typeOf(message) {
  if (isPacket(message)) return `name=${message.name}`;
  return /^\w{1,2}$/.test(message.type) ? `type=${message.type}` : `type="${message.type.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * The filter that messages like this one fit.
 * @param {Message} message
 */
export function filterOf(message) {
  const parts = [typeOf(message)];
  for (const [short, ...names] of TELLING) {
    const field = message.fields.find((one) => names.includes(one.name));
    // What has no number is meant by its own name: Price is that of a fill in one message, of an order in another.
    const key = field && /^\d/.test(field.tag) ? short : `"${field?.name}"`;
    if (field?.value) parts.push(`${key}=${quoted(field.meaning || field.value)}`);
  }
  return parts.join(" ");
}

/** The filter of a rule about messages like this one. @param {Message} message */
function whenOf(message) {
  return filterOf(message) + (message.direction === "out" ? " dir=out" : "");
}

/** What a rule about it may do; to be changed by who wants something else. @param {Message} message */
function thenOf({ direction, type }) {
  if (direction === "out" || OF_SESSIONS.includes(type)) return "fault drop";
  return OF_ORDERS.includes(type) ? "ack; fill" : "reject";
}

/** Whether there can be a rule about it: packets that come are no requests. @param {Message} message */
export const mayRule = (message) => message.direction === "out" || !isPacket(message);

/** What the page of rules is opened with, to make one of it. @param {Message} message */
export function newRule(message) {
  return { new: "yes", venue: message.venue, when: whenOf(message) };
}

/** @param {Message} message */
export function ruleOf(message) {
  const rule = { when: whenOf(message), then: thenOf(message), times: 1 };
  return curl("POST", address("/rules", { venue: null }), { venue: message.venue, ...rule });
}

/** @param {Message} message */
export function verifyOf(message) {
  const filter = `${filterOf(message)} dir=${message.direction}`;
  return curl("POST", address("/messages/verify"), {
    filter,
    venue: message.venue,
    session: message.session || undefined,
    at_least: 1, // others may be alike
  });
}

/** @param {Message} message what finds it */
export function curlOf(message) {
  const filter = `seq=${message.seq}`;
  return curl("GET", address("/messages", { venue: message.venue, filter }));
}

/**
 * A command that does as we would; the token that it takes, if it takes one, is that of the shell.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]
 */
function curl(method, url, body) {
  const words = ["curl", ...(method === "GET" ? [] : ["-X", method]), shell(url)];
  if (token()) words.push('-H "Authorization: Bearer $TOKEN"');
  if (body !== undefined) {
    words.push("-H 'Content-Type: application/json'", "-d", shell(JSON.stringify(body)));
  }
  return words.join(" ");
}

/**
 * Put text where it can be pasted from.
 * @param {string} text
 * @param {string} what
 */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    byHand(text); // a page that came without TLS from elsewhere has no clipboard
  }
  say(`Copied ${what}.`);
}

/** @param {string} text */
function byHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
