// @ts-check
/**
 * REST, as the page asks it: JSON in and out, problems as words, and the token where one is needed.
 */
import { Signal } from "./signal.js";

const BASE = new URL("../api/v1", import.meta.url).href;
const KEPT = "exsim-token";

/** @typedef {"read" | "trade" | "admin"} Role */
/** @typedef {{guarded: boolean, role: Role}} Granted */

/** What we may do; null until it is known, or while a token is missing. */
export const granted = new Signal(/** @type {Granted | null} */ (null));
/** Whether somebody has to log in before anything else goes on. */
export const locked = new Signal(false);

/** An answer that is a problem, or none at all (status 0). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} title
   * @param {string} detail
   * @param {string | null} field
   */
  constructor(status, title, detail, field = null) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.field = field;
  }
}

export function token() {
  return sessionStorage.getItem(KEPT) ?? "";
}

/** @returns {Record<string, string>} */
export function credentials() {
  const known = token();
  return known ? { Authorization: `Bearer ${known}` } : {};
}

/**
 * A path, whose parts in braces are encoded: path`/venues/${venue}`.
 * @param {TemplateStringsArray} strings
 * @param {...(string | number)} values
 */
export function path(strings, ...values) {
  return String.raw({ raw: strings }, ...values.map((value) => encodeURIComponent(value)));
}

/** @typedef {Record<string, string | number | null | undefined | string[]>} Query */

/**
 * @param {string} where
 * @param {Query} [query] what is null or undefined is left out
 */
export function address(where, query = {}) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value == null) continue;
    for (const one of Array.isArray(value) ? value : [value]) given.append(name, String(one));
  }
  const text = given.toString();
  return BASE + where + (text ? `?${text}` : "");
}

/**
 * @param {string} method
 * @param {string} where
 * @param {{query?: Query, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} [more]
 * @returns {Promise<Response>} a good one
 */
async function ask(method, where, { query, body, headers, signal } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(address(where, query), {
      method,
      signal,
      cache: "no-store",
      headers: {
        ...credentials(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "No answer", "The simulator does not answer.");
  }
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
}

/** @param {Response} response */
export async function problemOf(response) {
  if (response.status === 401) locked.value = true;
  const told = await response.json().catch(() => ({}));
  const { title = response.statusText, detail = "", field = null } = told;
  return new Problem(response.status, title, detail, field);
}

/** @param {Response} response */
async function content(response) {
  if (response.status === 204) return null;
  const media = response.headers.get("content-type") ?? "";
  return media.startsWith("application/json") ? response.json() : response.text();
}

/**
 * What is there.
 * @param {string} where
 * @param {Query} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function get(where, query, signal) {
  return content(await ask("GET", where, { query, signal }));
}

/**
 * All of a list, page by page, up to a number.
 * @param {string} where
 * @param {Query} [query]
 * @param {number} [most]
 * @returns {Promise<any[]>}
 */
export async function list(where, query = {}, most = 10_000) {
  /** @type {any[]} */
  const found = [];
  /** @type {string | null} */
  let after = null;
  do {
    const page = await get(where, { limit: 1000, ...query, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null && found.length < most);
  return found;
}

/**
 * All of a list of things that have names, each with what it is `called` in a path: where each venue
 * has a process of its own two of them may have one name, and the venue's comes before it.
 * @param {string} where
 * @param {Query} [query]
 * @returns {Promise<any[]>}
 */
export async function listNamed(where, query) {
  const all = await list(where, query);
  const times = new Map();
  for (const { name } of all) times.set(name, 1 + (times.get(name) ?? 0));
  return all.map((one) => ({ ...one, called: times.get(one.name) > 1 ? `${one.venue}:${one.name}` : one.name }));
}

/**
 * What is there, if it is not what we have already (null then).
 * @param {string} where
 * @param {Query} query
 * @param {{tag: string}} known its tag; that of the answer is put there
 * @returns {Promise<any>}
 */
export async function getChanged(where, query, known) {
  const headers = known.tag ? { "If-None-Match": known.tag } : undefined;
  const response = await ask("GET", where, { query, headers });
  if (response.status === 304) return null;
  known.tag = response.headers.get("etag") ?? "";
  return content(response);
}

/**
 * Have something done.
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} where
 * @param {unknown} [body]
 * @param {Query} [query]
 * @returns {Promise<any>}
 */
export async function send(method, where, body, query) {
  return content(await ask(method, where, { body, query }));
}

/**
 * A picture, as an address for src; `URL.revokeObjectURL` ends it.
 * @param {string} where
 * @param {Query} [query]
 * @returns {Promise<string>}
 */
export async function picture(where, query) {
  return URL.createObjectURL(await (await ask("GET", where, { query })).blob());
}

/** Find out what we may do; asks for a token where that is missing. */
export async function findOut() {
  granted.value = await get("/access");
  locked.value = false;
}

/**
 * Take a token, which this tab keeps until it is closed, if it is a good one.
 * @param {string} given
 */
export async function logIn(given) {
  const before = token();
  sessionStorage.setItem(KEPT, given);
  try {
    await findOut();
  } catch (error) {
    sessionStorage.setItem(KEPT, before);
    throw error;
  }
}

export function logOut() {
  sessionStorage.removeItem(KEPT);
  granted.value = null;
  locked.value = true;
}

const ROLES = ["read", "trade", "admin"];

/**
 * Whether we may do what takes a role.
 * @param {Role} role
 */
export function may(role) {
  return ROLES.indexOf(granted.value?.role ?? "read") >= ROLES.indexOf(role);
}

/**
 * What went wrong, in words.
 * @param {unknown} error
 */
export function words(error) {
  if (!(error instanceof Problem)) return String(error);
  return error.field && !error.message.includes(error.field)
    ? `${error.field}: ${error.message}`
    : error.message;
}
