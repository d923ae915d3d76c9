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
