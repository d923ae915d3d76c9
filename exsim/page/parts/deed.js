// @ts-check
/** What is done by a click, and how it went, in words beside what was clicked. */
import { Problem, words } from "../api.js";
import { html, useRef, useState } from "../vendor/preact-htm.js";

/** @typedef {{text: string, bad: boolean, busy: boolean}} Said */

const NOTHING = { text: "", bad: false, busy: false };

/**
 * @returns {{said: Said, run: (work: () => Promise<any>, done?: string | ((result: any) => string)) =>
 *   Promise<any>, clear: () => void}} `run` carries something out and says how it went; its result is
 *   undefined where that failed
 */
export function useDeed() {
  const [said, say] = useState(NOTHING);
  const turn = useRef(0);
  /** @param {() => Promise<any>} work @param {string | ((result: any) => string)} [done] */
  const run = async (work, done = "Done.") => {
    const mine = ++turn.current;
    say({ text: "", bad: false, busy: true });
    /** @type {Said} */
    let next;
    /** @type {any} */
    let result;
    try {
      result = await work();
      next = { text: typeof done === "string" ? done : done(result), bad: false, busy: false };
    } catch (error) {
      next = { text: error instanceof Error && !(error instanceof Problem) ? error.message : words(error), bad: true, busy: false };
    }
    if (mine === turn.current) say(next);
    return result;
  };
  return { said, run, clear: () => say(NOTHING) };
}

/** How it went. @param {{said: Said}} properties */
export function Outcome({ said }) {
  return html`<span class=${`outcome ${said.bad ? "trouble" : "dim"}`} role="status">${said.text}</span>`;
}
