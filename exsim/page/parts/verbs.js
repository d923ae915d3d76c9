// @ts-check
/**
 * What can be done about something, as REST describes it: each verb with its form.
 *
 * The list, the words and the fields of the forms are those of the OpenAPI document, so that a new
 * verb is there at once.
 */
import { get, may, send, words } from "../api.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { Outcome, useDeed } from "./deed.js";
import { fieldsOf, rawOf } from "./fields.js";
import { useFocusBack } from "./leaving.js";

/** @typedef {{name: string, kind: "text" | "check" | "choice" | "fields" | "raw", choices: string[],
 *   value: string | boolean, about: string}} Entry */
/** @typedef {{name: string, summary: string, entries: Entry[], takes: boolean}} Verb */

/** How a report is told, rather than what is done: shown when it is asked for. */
const TELLING = ["force", "silent", "report_id", "status", "cum", "leaves", "average"];

/** @type {Promise<any> | null} */
let document = null;

/** The OpenAPI document, asked for once. */
export function described() {
  document ??= get("/openapi.json").catch((error) => {
    document = null;
    throw error;
  });
  return document;
}

/**
 * What a body of REST may have, by name, as the OpenAPI document says; null until that is known.
 * @param {string} name of the schema
 * @returns {Record<string, any> | null}
 */
export function useTaken(name) {
  const [taken, setTaken] = useState(/** @type {Record<string, any> | null} */ (null));
  useEffect(() => {
    described().then(
      (told) => setTaken(told.components.schemas[name].properties),
      () => {},
    );
  }, [name]);
  return taken;
}

/**
 * What something has that a form has no field for, and that is not as it is of anything new: it is
 * sent as it was when all of it is written.
 * @param {Record<string, any>} thing
 * @param {Record<string, any>} taken what REST takes of it, rather than only tells
 * @param {Record<string, any>} known what the form has fields for
 * @returns {Record<string, any>}
 */
export function restOf(thing, taken, known) {
  const rest = Object.entries(thing).filter(
    ([name, value]) => name in taken && !(name in known) && value !== (taken[name].default ?? null),
  );
  return Object.fromEntries(rest);
}

/** @param {any} schema of a property, perhaps one that may be null */
function plain(schema) {
  return schema.anyOf?.find((/** @type {any} */ one) => one.type !== "null") ?? schema;
}

/** @param {string} name @param {any} schema @returns {Entry} */
function entryOf(name, schema) {
  const inner = plain(schema);
  const about = inner.description ?? schema.description ?? "";
  /** @param {Entry["kind"]} kind @param {string | boolean} value @param {string[]} [choices] */
  const entry = (kind, value, choices = []) => ({ name, kind, value, choices, about });
  if (inner.type === "boolean") return entry("check", Boolean(schema.default));
  if (inner.enum) {
    const empty = schema.default == null ? [""] : [];
    return entry("choice", schema.default ?? "", [...empty, ...inner.enum]);
  }
  if (inner.contentEncoding) return entry("raw", "");
  if (inner.type === "array") return entry("fields", "");
  return entry("text", schema.default ?? "");
}

/**
 * The verbs that are done by a POST below a path such as /holds/{hold}.
 * @param {any} told the OpenAPI document
 * @param {string} below
 * @returns {Verb[]}
 */
export function verbsOf(told, below) {
  const found = [];
  for (const [where, item] of Object.entries(told.paths)) {
    const at = where.indexOf(`${below}/`);
    const name = where.slice(at + below.length + 1);
    const operation = /** @type {any} */ (item).post;
    if (at < 0 || !operation || name.includes("/")) continue;
    const reference = operation.requestBody?.content?.["application/json"]?.schema?.$ref;
    const schema = reference && told.components.schemas[reference.split("/").pop()];
    const entries = Object.entries(schema?.properties ?? {}).map(([one, of]) => entryOf(one, of));
    found.push({ name, summary: operation.summary, entries, takes: Boolean(schema) });
  }
  return found;
}

/** @param {string} below @returns {Verb[]} */
export function useVerbs(below) {
  const [verbs, setVerbs] = useState(/** @type {Verb[]} */ ([]));
  useEffect(() => {
    described().then(
      (told) => setVerbs(verbsOf(told, below)),
      () => {},
    );
  }, [below]);
  return verbs;
}

/**
 * A body of what was typed; what is as it was before is left out.
 * @param {Verb} verb
 * @param {Record<string, any>} given
 */
export function bodyOf(verb, given) {
  if (!verb.takes) return undefined;
  /** @type {Record<string, any>} */
  const body = {};
  for (const { name, kind, value } of verb.entries) {
    const now = given[name] ?? value;
    if (now === value && kind !== "fields" && kind !== "raw") continue;
    if (kind === "fields") body[name] = fieldsOf(now);
    else if (kind === "raw") body[name] = rawOf(now);
    else if (now !== "") body[name] = typeof now === "string" ? now.trim() : now;
  }
  return body;
}

/**
 * Do a verb to several things, one after another, up to the first that it cannot be done to.
 * @param {Verb} verb
 * @param {string[]} paths
 * @param {unknown} body
 * @returns {Promise<any[]>} what REST says of each
 */
export async function perform(verb, paths, body) {
  const results = [];
  for (const where of paths) {
    try {
      results.push(await send("POST", `${where}/${verb.name}`, body));
    } catch (error) {
      if (!results.length) throw error;
      throw new Error(`${results.length} of ${paths.length} done, then: ${words(error)}`);
    }
  }
  return results;
}

/** The fields of a form that are its own, rather than how a report is told. @param {Verb} verb */
export const ownOf = (verb) => verb.entries.filter((entry) => !TELLING.includes(entry.name));

/** @param {string} name */
export const spelled = (name) => name.replace(/[_-]/g, " ");

/** @param {{entry: Entry, value: any, hint?: string, set: (value: any) => void}} properties */
function Input({ entry, value, hint = "", set }) {
  const { name, kind, choices, about } = entry;
  const label = spelled(name);
  /** @param {any} event */
  const typed = (event) => set(event.target.value);
  if (kind === "check") {
    return html`<label class="check" title=${about}
      ><input type="checkbox" checked=${value} onChange=${() => set(!value)} /> ${label}</label
    >`;
  }
  if (kind === "choice") {
    return html`<label>${label}
      <select onChange=${typed}>
        ${choices.map((one) => html`<option key=${one} value=${one} selected=${one === value}>${one || "–"}</option>`)}
      </select></label>`;
  }
  if (kind === "fields" || kind === "raw") {
    const placeholder = kind === "raw" ? "8=FIX.4.4|9=5|35=0|10=161|" : "35=8|58=made by hand";
    return html`<label class="whole">${label}, with | for SOH
      <textarea class="mono" rows="3" spellcheck=${false} placeholder=${placeholder} value=${value} onInput=${typed}></textarea></label>`;
  }
  return html`<label title=${about}>${label}
    <input autocomplete="off" placeholder=${hint} value=${value} onInput=${typed} /></label>`;
}

/**
 * A verb's form, which does it to one thing or to several.
 * @param {{verb: Verb, paths: string[], suggested?: Record<string, string>, onDone: (results: any[]) => void,
 *   onClose: () => void}} properties `paths` are of what it is done to; `suggested` is shown in empty
 *   inputs
 */
export function VerbForm({ verb, paths, suggested = {}, onDone, onClose }) {
  const [given, setGiven] = useState(/** @type {Record<string, any>} */ ({}));
  const [telling, setTelling] = useState(false);
  const { said, run } = useDeed();
  const form = useFocusBack();
  useEffect(() => {
    const first = form.current?.querySelector("input, select, textarea, button");
    if (first instanceof HTMLElement) first.focus();
  }, [verb]);
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    const done = await run(() => perform(verb, paths, bodyOf(verb, given)), "");
    if (done) onDone(done);
  };
  const own = ownOf(verb);
  const told = verb.entries.filter((entry) => TELLING.includes(entry.name));
  /** @param {Entry} entry */
  const input = (entry) => html`<${Input}
    key=${entry.name}
    entry=${entry}
    value=${given[entry.name] ?? entry.value}
    hint=${suggested[entry.name]}
    set=${(/** @type {any} */ value) => setGiven((now) => ({ ...now, [entry.name]: value }))}
  />`;
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Escape") onClose();
    event.stopPropagation();
  };
  return html`<form class="stack verb" ref=${form} onSubmit=${go} onKeyDown=${key} aria-label=${spelled(verb.name)}>
    <p class="dim">${verb.summary}.</p>
    ${own.length > 0 && html`<div class="form">${own.map(input)}</div>`}
    ${told.length > 0 &&
    html`<label class="check"><input type="checkbox" checked=${telling} onChange=${() => setTelling(!telling)} /> How it is told</label>`}
    ${telling && html`<div class="form">${told.map(input)}</div>`}
    <div class="bar tight">
      <button class="main" disabled=${!may("trade") || said.busy}>${spelled(verb.name)}${paths.length > 1 ? ` ${paths.length}` : ""}</button>
      <button type="button" onClick=${onClose}>Cancel</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}
