// @ts-check
/** The message of a hold, whose fields can be changed before it is let go. */
import { may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { EditFields, useEdits } from "../parts/edits.js";
import { html } from "../vendor/preact-htm.js";

/** @param {{hold: any, again: () => void, onRelease: (result: any) => void}} properties */
export function FieldEditor({ hold, again, onRelease }) {
  const edits = useEdits();
  const { changes } = edits;
  const { said, run } = useDeed();
  const closed = !may("trade") || said.busy;
  const where = path`/holds/${hold.hold}`;
  const change = async () => {
    const done = await run(() => send("PATCH", where, { fields: changes }), "Changed.");
    if (!done) return false;
    edits.clear();
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
  return html`<form class="stack hold-fields" onSubmit=${submit} aria-label="Fields">
    <div class="bar tight">
      <button type="button" disabled=${closed || !changes.length} onClick=${change}>Change</button>
      <button disabled=${closed || !changes.length}>Change and release</button>
      <${Outcome} said=${said} />
    </div>
    <${EditFields} fields=${hold.fields} edits=${edits} />
  </form>`;
}
