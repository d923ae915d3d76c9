// @ts-check
/** A button that opens a list of things to do. */
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";

/** @typedef {{label: string, act: () => void, disabled?: boolean}} Choice */

/** @param {{label: string, choices: Choice[], disabled?: boolean}} properties */
export function Menu({ label, choices, disabled = false }) {
  const [open, setOpen] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!open) return undefined;
    const first = element.current?.querySelector("[role=menuitem]");
    if (first instanceof HTMLElement) first.focus();
    /** @param {Event} event */
    const outside = (event) => {
      if (!element.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    element.current?.querySelector("button")?.focus();
  };
  /** @param {Choice} choice */
  const chosen = (choice) => {
    close();
    choice.act();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !open) return;
    event.preventDefault();
    const items = [...(element.current?.querySelectorAll("[role=menuitem]") ?? [])];
    const at = items.indexOf(/** @type {Element} */ (document.activeElement));
    /** @type {HTMLElement} */ (items[(at + step + items.length) % items.length]).focus();
  };
  return html`<span class="menu" ref=${element} onKeyDown=${key}>
    <button
      disabled=${disabled}
      aria-haspopup="menu"
      aria-expanded=${String(open)}
      onClick=${() => setOpen(!open)}
    >
      ${label} ▾
    </button>
    ${open &&
    html`<span role="menu" aria-label=${label}>
      ${choices.map(
        (choice) => html`<button
          role="menuitem"
          key=${choice.label}
          disabled=${choice.disabled}
          onClick=${() => chosen(choice)}
        >
          ${choice.label}
        </button>`,
      )}
    </span>`}
  </span>`;
}
