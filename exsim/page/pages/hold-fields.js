// @ts-check
/** The message of a hold, whose fields can be changed before it is let go. */
import { may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { html, useState } from "../vendor/preact-htm.js";

/** Fields that follow from the rest, or that the session alone writes. */
const FIXED = new Set("8 9 10 34 35 49 52 56".split(" "));

/** @param {{hold: any, again: () => void, onRelease: (result: any) => void}} properties */
export function FieldEditor({ hold, again, onRelease }) {
  const [edited, setEdited] = useState(/** @type {Record<string, string>} */ ({}));
  const [more, setMore] = useState({ tag: "", value: "" });
  const { said, run } = useDeed();
  const closed = !may("trade") || said.busy;
  const first = new Set();
  const changes = [
    ...Object.entries(edited),
    ...(more.tag.trim() ? [[more.tag.trim(), more.value]] : []),
  ];
  const where = path`/holds/${hold.hold}`;
  const change = async () => {
    const done = await run(() => send("PATCH", where, { fields: changes }), "Changed.");
    if (!done) return false;
    setEdited({});
    setMore({ tag: "", value: "" });
    again();
    return true;
  };
  const letGo = async () => {
    if (!(await change())) return;
    const result = await run(() => send("POST", `${where}/release`), "");
    if (result) onRelease(result);
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (changes.length) letGo();
  };
  /** @param {any} field */
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
  return html`<form class="stack hold-fields" onSubmit=${submit} aria-label="Fields">
    <div class="bar tight">
      <button type="button" disabled=${closed || !changes.length} onClick=${change}>Change</button>
      <button disabled=${closed || !changes.length}>Change and release</button>
      <${Outcome} said=${said} />
    </div>
    <table>
      <tbody>
        ${hold.fields.map(
          (/** @type {any} */ field, /** @type {number} */ index) => html`<tr key=${index}>
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
    </table>
  </form>`;
}
