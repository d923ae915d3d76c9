// @ts-check
/** A form of what REST tells of something's keys: those that were changed are sent. */
import { html, useState } from "../vendor/preact-htm.js";
import { Outcome, useDeed } from "./deed.js";

/** @typedef {{name: string, value: string, summary?: string, needed?: boolean}} Setting */

/**
 * @param {{settings: Setting[], disabled: boolean, label: string, button: string, always?: boolean,
 *   save: (changed: Record<string, string>) => Promise<any>, done: string, children?: unknown}}
 *   properties `value` is what a key has, or would have; `always`: also where nothing is changed
 */
export function Settings({ settings, disabled, label, button, save, done, always = false, children }) {
  const [given, give] = useState(/** @type {Record<string, string>} */ ({}));
  const { said, run } = useDeed();
  const changed = Object.fromEntries(
    settings.filter(({ name, value }) => name in given && given[name] !== value).map(({ name }) => [name, given[name]]),
  );
  const missing = settings.some(({ name, needed }) => needed && !given[name]?.trim());
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if ((await run(() => save(changed), done)) !== undefined) give({});
  };
  return html`<form class="settings" aria-label=${label} onSubmit=${submit}>
    ${children}
    ${settings.map(
      ({ name, value, summary }) => html`<label key=${name} title=${summary}>${name}
        <input
          class=${name in changed ? "changed" : ""}
          autocomplete="off"
          disabled=${disabled}
          value=${given[name] ?? value}
          onInput=${(/** @type {any} */ event) => give({ ...given, [name]: event.target.value })}
        />
        ${summary && html`<span class="summary">${summary}</span>`}
      </label>`,
    )}
    <div class="bar tight last">
      <button class="main" disabled=${disabled || said.busy || missing || (!always && !Object.keys(changed).length)}>${button}</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}

/** Settings of a record of texts. @param {Record<string, string>} record @returns {Setting[]} */
export const settingsOf = (record) => Object.entries(record).map(([name, value]) => ({ name, value }));
