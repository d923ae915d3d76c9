// @ts-check
/** One of several, also where what is chosen is not among them (any more). */
import { html } from "../vendor/preact-htm.js";

/**
 * @param {{value: string, options: (string | [string, string])[], onChoose: (value: string) => void,
 *   label?: string, disabled?: boolean}} properties `options` are values, or values each with what
 *   it is called
 */
export function Choice({ value, options, onChoose, label, disabled = false }) {
  const known = options.some((option) => value === (typeof option === "string" ? option : option[0]));
  // The value is said here, too, so that what was chosen in vain, or changed meanwhile, is not what shows.
  return html`<select
    aria-label=${label}
    value=${known ? value : undefined}
    disabled=${disabled}
    onChange=${(/** @type {any} */ event) => onChoose(event.target.value)}
  >
    ${(known || !value ? options : [...options, value]).map((option) => {
      const [one, name] = typeof option === "string" ? [option, option] : option;
      return html`<option key=${one} value=${one} selected=${one === value}>${name}</option>`;
    })}
  </select>`;
}
