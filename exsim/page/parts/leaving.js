// @ts-check
/** What is open beside or over a page is left by Escape, and the keyboard is then where it was before. */
import { useEffect, useRef } from "../vendor/preact-htm.js";

/**
 * Give the keyboard back to what had it when a component came, once that goes.
 * @returns {{current: HTMLElement | null}} a ref for the element of the component
 */
export function useFocusBack() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(document.activeElement);
  useEffect(
    () => () => {
      const now = document.activeElement;
      const lost = !now || now === document.body || element.current?.contains(now);
      if (lost && before.current instanceof HTMLElement) before.current.focus();
    },
    [],
  );
  return element;
}

/**
 * The same, and Escape closes it, wherever the keyboard is.
 * @param {() => void} close
 */
export function useLeaving(close) {
  const element = useFocusBack();
  const now = useRef(close);
  now.current = close;
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const key = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) now.current();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return element;
}
