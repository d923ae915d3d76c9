// @ts-check
/** Where one is: the part of the address behind #, such as #/ladder/XSIM/AAA?depth=5. */
import { Signal } from "./signal.js";

/** @typedef {{page: string, parts: string[], query: URLSearchParams}} Route */

/** The part of the address that was read last. */
let known = "";

/** @returns {Route} */
function read() {
  known = location.hash;
  const [where, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", ...parts] = where.split("/").map(decoded);
  return { page: page || "overview", parts, query: new URLSearchParams(query) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = new Signal(read());
addEventListener("hashchange", () => (route.value = read()));

/**
 * The address of a page, for href.
 * @param {string} page
 * @param {string[]} [parts]
 * @param {Record<string, string>} [query]
 */
export function to(page, parts = [], query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `#/${[page, ...parts].map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/**
 * Say where one is without going there anew: for what is chosen on a page. Who has just gone
 * elsewhere, of which the event is still to come, goes there: a page may choose by itself.
 * @param {string} href
 */
export function note(href) {
  if (location.hash !== known) return;
  history.replaceState(null, "", href);
  route.value = read();
}
