// @ts-check
/** Fields of a message as people write them, TAG=VALUE|TAG=VALUE, and bytes. */
import { html } from "../vendor/preact-htm.js";

/**
 * @param {string} text with | or a new line between fields
 * @returns {[string, string][]}
 */
export function fieldsOf(text) {
  return text
    .split(/[|\n\x01]/)
    .filter((one) => one.trim())
    .map((one) => {
      const at = one.indexOf("=");
      if (at < 1) throw new RangeError(`${one.trim()} is no field: write TAG=VALUE`);
      return [one.slice(0, at).trim(), one.slice(at + 1)];
    });
}

/**
 * @param {string} text with | for SOH
 * @returns {string} base64, as REST takes bytes
 */
export function rawOf(text) {
  const bytes = new TextEncoder().encode(text.replaceAll("|", "\x01"));
  return btoa(String.fromCharCode(...bytes));
}

/**
 * The fields of a message, with their names and codes.
 * @param {{fields: import("./message.js").Field[]}} properties
 */
export function Fields({ fields }) {
  return html`<table>
    <tbody>
      ${fields.map(
        (field, index) => html`<tr key=${index}>
          <td class="number dim">${field.tag}</td>
          <td>${field.name}</td>
          <td class="wrap">${field.value}</td>
          <td class="dim">${field.meaning}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
