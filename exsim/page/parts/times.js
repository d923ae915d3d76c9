// @ts-check
/** Times as REST has them, RFC 3339 with nanoseconds, for people. */

/** @param {string | null | undefined} time */
export function clock(time) {
  return time ? time.slice(11, 23) : "";
}

/** @param {string | null | undefined} time */
export function whole(time) {
  return time ? `${time.slice(0, 10)} ${time.slice(11, -1)}` : "";
}

/**
 * A time as REST takes it, of what people write: 16:00, or a date and a time; UTC where it does not say.
 * @param {string} text
 * @param {string} now a time whose day it is of where it says none
 */
export function moment(text, now) {
  const at = text.includes("T") ? text : `${now.slice(0, 10)}T${text}`;
  return /Z$|[+-]\d\d:\d\d$/.test(at) ? at : `${at}${/T\d\d:\d\d$/.test(at) ? ":00" : ""}Z`;
}
