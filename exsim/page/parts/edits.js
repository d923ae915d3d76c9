// @ts-check
/** Fields of a message that can be changed, and one that can be added. */
import { html, useState } from "../vendor/preact-htm.js";

/** Fields that follow from the rest, or that the session alone writes. */
const FIXED = new Set("8 9 10 34 35 49 52 56".split(" "));
const NONE = { tag: "", value: "" };

/** @typedef {import("./message.js").Field} Field */
/** @typedef {{edited: Record<string, string>, setEdited: (edited: Record<string, string>) => void,
 *   more: typeof NONE, setMore: (more: typeof NONE) => void, changes: string[][], clear: () => void}} Edits */

/** What was changed; `changes` is that as REST takes it. @returns {Edits} */
export function useEdits() {
  const [edited, setEdited] = useState(/** @type {Record<string, string>} */ ({}));
  const [more, setMore] = useState(NONE);
  const changes = [
    ...Object.entries(edited),
    ...(more.tag.trim() ? [[more.tag.trim(), more.value]] : []),
  ];
  const clear = () => {
    setEdited({});
    setMore(NONE);
  };
  return { edited, setEdited, more, setMore, changes, clear };
}

/** @param {{fields: Field[], edits: Edits}} properties */
export function EditFields({ fields, edits: { edited, setEdited, more, setMore } }) {
  const first = new Set();
  /** @param {Field} field */
  const input = (field) => {
    const fixed = FIXED.has(field.tag) || first.has(field.tag);
    first.add(field.tag);
    if (fixed) return html`<span class="wrap">${field.value}</span>`;
    return html`<input
      class=${field.tag in edited ? "changed mono" : "mono"}
      autocomplete="off"
      spellcheck=${false}
      aria-label=${`${field.name || field.tag} (${field.tag})`}
      value=${edited[field.tag] ?? field.value}
      onInput=${(/** @type {any} */ event) => {
        const { [field.tag]: _, ...rest } = edited;
        const value = event.target.value;
        setEdited(value === field.value ? rest : { ...rest, [field.tag]: value });
      }}
    />`;
  };
  return html`<table>
    <tbody>
      ${fields.map(
        (field, index) => html`<tr key=${index}>
          <td class="number dim">${field.tag}</td>
          <td>${field.name}</td>
          <td class="edit">${input(field)}</td>
          <td class="dim">${field.meaning}</td>
        </tr>`,
      )}
      <tr>
        <td colspan="2"><input class="mono" aria-label="Tag or name of another field" placeholder="tag" value=${more.tag} onInput=${(/** @type {any} */ event) => setMore({ ...more, tag: event.target.value })} /></td>
        <td class="edit"><input class="mono" aria-label="Value of another field" placeholder="one more field" value=${more.value} onInput=${(/** @type {any} */ event) => setMore({ ...more, value: event.target.value })} /></td>
        <td></td>
      </tr>
    </tbody>
  </table>`;
}
