// @ts-check
/** What is asked again and again while it is looked at. */
import { locked, words } from "./api.js";
import { useEffect, useRef, useState } from "./vendor/preact-htm.js";

/** Milliseconds at least from one question to the next, however often one is wanted: what happens, happens often. */
const LEAST = 100;

/**
 * Carry out something while a component is there and its tab is shown: next time so long after the
 * last one is done, or sooner where `now` is called. One that fails is tried again, too.
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {number} pause milliseconds
 * @param {(error: any) => void} failed
 * @returns {{stop: () => void, now: () => void}}
 */
export function repeat(work, pause, failed) {
  const closed = new AbortController();
  let timer = 0;
  let running = false;
  let again = false;
  let begun = -LEAST;
  const go = async () => {
    if (running) {
      again = true;
      return;
    }
    clearTimeout(timer);
    const left = begun + Math.min(LEAST, pause) - performance.now();
    if (left > 0) {
      if (!closed.signal.aborted) timer = setTimeout(go, left);
      return;
    }
    begun = performance.now();
    running = true;
    try {
      if (!document.hidden && !locked.value) await work(closed.signal);
    } catch (error) {
      if (!closed.signal.aborted) failed(error);
    }
    running = false;
    if (!closed.signal.aborted) timer = setTimeout(go, again ? 0 : pause);
    again = false;
  };
  document.addEventListener("visibilitychange", go);
  go();
  return {
    stop() {
      closed.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", go);
    },
    now: go,
  };
}

/**
 * What a question is answered, asked again and again.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} question
 * @param {number} pause milliseconds from an answer to the next question
 * @param {readonly unknown[]} given what the question is made of
 * @returns {{value: T | null, trouble: string, again: () => void}} the last answer, what is wrong
 *   with the newest, and what asks at once
 */
export function usePolled(question, pause, given) {
  const [told, tell] = useState({ value: /** @type {T | null} */ (null), trouble: "" });
  const running = useRef(/** @type {ReturnType<typeof repeat> | null} */ (null));
  useEffect(() => {
    tell({ value: null, trouble: "" });
    let before = "";
    const one = repeat(
      async (signal) => {
        const value = await question(signal);
        if (signal.aborted) return;
        const text = JSON.stringify(value);
        if (text !== before) tell({ value, trouble: "" });
        else tell((now) => (now.trouble ? { ...now, trouble: "" } : now));
        before = text;
      },
      pause,
      (error) => tell((now) => ({ ...now, trouble: words(error) })),
    );
    running.current = one;
    return one.stop;
  }, given);
  return { ...told, again: () => running.current?.now() };
}
