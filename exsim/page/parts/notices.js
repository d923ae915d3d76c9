// @ts-check
/** What was done, and what went wrong, in a line at the foot of the page. */
import { words } from "../api.js";
import { Signal, useSignal } from "../signal.js";
import { html } from "../vendor/preact-htm.js";

/** @typedef {{key: number, text: string, bad: boolean}} Notice */

const SHOWN = 3;
const LONG = 6000;
const notices = new Signal(/** @type {Notice[]} */ ([]));
let made = 0;

/**
 * @param {string} text
 * @param {boolean} [bad]
 */
export function say(text, bad = false) {
  const key = ++made;
  notices.value = [...notices.value, { key, text, bad }].slice(-SHOWN);
  setTimeout(() => forget(key), bad ? 3 * LONG : LONG);
}

/** @param {number} key */
function forget(key) {
  notices.value = notices.value.filter((one) => one.key !== key);
}

/**
 * Do something, and say how it went.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string | ((result: T) => string)} done what to say then; nothing where it is empty
 * @returns {Promise<T | undefined>} undefined where it failed
 */
export async function attempt(work, done = "") {
  try {
    const result = await work();
    const text = typeof done === "string" ? done : done(result);
    if (text) say(text);
    return result;
  } catch (error) {
    say(words(error), true);
    return undefined;
  }
}

export function Notices() {
  const shown = useSignal(notices);
  return html`<div class="notices" role="status" aria-live="polite">
    ${shown.map(
      ({ key, text, bad }) => html`<div class=${bad ? "notice bad" : "notice"} key=${key}>
        <span>${text}</span>
        <button class="plain" aria-label="Dismiss" onClick=${() => forget(key)}>×</button>
      </div>`,
    )}
  </div>`;
}
