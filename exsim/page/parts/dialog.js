// @ts-check
/** A dialog over the page: the browser's own, so that focus and Escape are as they should be. */
import { html, useEffect, useRef } from "../vendor/preact-htm.js";

/**
 * @param {{title: string, onClose?: () => void, children?: unknown}} properties without onClose it
 *   cannot be left
 */
export function Dialog({ title, onClose, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  /** @param {Event} event */
  const cancelled = (event) => {
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog ref=${element} onCancel=${cancelled} aria-label=${title}>
    <header>
      <h2>${title}</h2>
      ${onClose && html`<button class="plain" aria-label="Close" onClick=${onClose}>×</button>`}
    </header>
    ${children}
  </dialog>`;
}
