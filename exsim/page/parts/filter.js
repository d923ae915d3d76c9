// @ts-check
/** A box for the filter language of REST, which says at once what is wrong with it. */
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";

const PAUSE = 250;

/**
 * @param {{value: string, trouble?: string, label?: string, placeholder?: string,
 *   onFilter: (text: string) => void}} properties `onFilter` is called when somebody stops typing,
 *   or with Enter
 */
export function FilterBox({ value, trouble = "", label = "Filter", placeholder = "", onFilter }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  /** @param {any} event */
  const typed = (event) => {
    const now = event.target.value;
    setText(now);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onFilter(now.trim()), PAUSE);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    clearTimeout(timer.current);
    event.preventDefault();
    if (event.key === "Escape") setText("");
    onFilter(event.key === "Escape" ? "" : text.trim());
  };
  return html`<span class="filter">
    <input
      type="search"
      spellcheck=${false}
      autocomplete="off"
      aria-label=${label}
      aria-invalid=${String(Boolean(trouble))}
      placeholder=${placeholder}
      value=${text}
      onInput=${typed}
      onKeyDown=${key}
    />
    ${trouble && html`<span class="trouble" role="alert">${trouble}</span>`}
  </span>`;
}
