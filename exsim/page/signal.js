// @ts-check
/**
 * Values that change, and who looks at them: watchers are called once a frame, however often the
 * value changed before it. In a tab that is not shown there are no frames, and so no work.
 */
import { useLayoutEffect, useState } from "./vendor/preact-htm.js";

/** @type {Set<() => void>} */
const waiting = new Set();
let asked = false;

/** @param {() => void} watcher */
function later(watcher) {
  waiting.add(watcher);
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const all = [...waiting];
      waiting.clear();
      for (const one of all) one();
    });
  }
}

/** @template T */
export class Signal {
  /**
   * @param {T} value
   * @param {number} [pause] milliseconds from one time that watchers are told to the next
   */
  constructor(value, pause = 0) {
    this.current = value;
    this.version = 0;
    this.pause = pause;
    this.told = 0;
    this.timer = 0;
    /** @type {Set<() => void>} */
    this.watchers = new Set();
  }

  get value() {
    return this.current;
  }

  set value(next) {
    if (next === this.current) return;
    this.current = next;
    this.touch();
  }

  /** The value itself was changed, in its place. */
  touch() {
    this.version++;
    if (this.timer) return;
    const left = this.told + this.pause - performance.now();
    if (this.pause === 0 || left <= 0) this.tell();
    else this.timer = setTimeout(() => this.tell(), left);
  }

  tell() {
    this.timer = 0;
    this.told = performance.now();
    for (const watcher of this.watchers) later(watcher);
  }

  /**
   * @param {() => void} watcher called in the frame after a change
   * @returns {() => void} ends it
   */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => {
      this.watchers.delete(watcher);
      waiting.delete(watcher);
    };
  }
}

/**
 * The value of a signal, in a component that is drawn again when it changes.
 * @template T
 * @param {Signal<T>} signal
 * @returns {T}
 */
export function useSignal(signal) {
  const [, draw] = useState(0);
  const drawn = signal.version;
  useLayoutEffect(() => {
    const again = () => draw((count) => count + 1);
    if (signal.version !== drawn) again();
    return signal.watch(again);
  }, [signal]);
  return signal.value;
}
