// @ts-check
/** What is to happen to prices: prices at times, and moves by a source's plan. Parts of Prices. */
import { get, may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { moment } from "../parts/times.js";
import { html, useState } from "../vendor/preact-htm.js";

/** A time span, as REST takes it. */
const SPAN = /^\d+(\.\d+)?(ms|s|m|h|d)$/;

/** @typedef {Record<string, string>} Line */

/**
 * Lines of inputs, one of which is always empty.
 * @param {{label: string, columns: [string, string, string][], lines: Line[], set: (lines: Line[]) => void,
 *   disabled: boolean}} properties `columns` are each a name, what it is called, and an example
 */
function Lines({ label, columns, lines, set, disabled }) {
  const shown = [...lines, {}];
  /** @param {number} index @param {string} name @param {string} value */
  const typed = (index, name, value) => {
    const next = shown.map((line, at) => (at === index ? { ...line, [name]: value } : line));
    set(next.filter((line) => Object.values(line).some(Boolean)));
  };
  return html`<table class="lines-of-inputs" aria-label=${label}>
    <thead><tr>${columns.map(([name, title]) => html`<th key=${name}>${title}</th>`)}</tr></thead>
    <tbody>
      ${shown.map((/** @type {Line} */ line, index) => html`<tr key=${index}>
        ${columns.map(([name, title, example]) => html`<td key=${name}>
          <input
            autocomplete="off"
            aria-label=${`${title} ${index + 1}`}
            placeholder=${example}
            disabled=${disabled}
            value=${line[name] ?? ""}
            onInput=${(/** @type {any} */ event) => typed(index, name, event.target.value)}
          />
        </td>`)}
      </tr>`)}
    </tbody>
  </table>`;
}

/** @type {[string, string, string][]} */
const POINTS = [
  ["when", "When", "30s or 16:00"],
  ["price", "Price", "101.5"],
];

/** Prices of an instrument at times to come. @param {{venue: string, one: any, again: () => void}} properties */
export function Schedule({ venue, one, again }) {
  const [lines, setLines] = useState(/** @type {Line[]} */ ([]));
  const { said, run } = useDeed();
  const closed = !may("trade") || said.busy;
  /** @param {Line[]} points @param {string} done */
  const set = async (points, done) => {
    const told = await run(async () => {
      const { time } = await get(path`/venues/${venue}/clock`);
      const body = points.map(({ when = "", price = "" }) => {
        const at = when.trim();
        return { price: price.trim(), ...(SPAN.test(at) ? { after: at } : { at: moment(at, time) }) };
      });
      return send("POST", path`/prices/${one.symbol}/schedule`, { points: body }, { venue });
    }, done);
    if (told) setLines([]);
    again();
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    set(lines, lines.length === 1 ? "One price is planned." : `${lines.length} prices are planned.`);
  };
  return html`<form class="stack pad" aria-label="Prices at times" onSubmit=${submit}>
    <p class="dim">What it is worth from a time of the market on, or so long after now. This is in place of what was planned before.</p>
    <${Lines} label="Prices at times" columns=${POINTS} lines=${lines} set=${setLines} disabled=${closed} />
    <div class="bar tight">
      <button class="main" disabled=${closed || !lines.length}>Schedule</button>
      <button type="button" disabled=${closed} onClick=${() => set([], "Nothing is planned.")}>No plans</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}

/** @type {[string, string, string][]} */
const MOVES = [
  ["after", "After", "0s"],
  ["by", "By", "-8%"],
  ["within", "Within", "at once"],
];

/** @param {string} text such as `60s -8% within 20s, 2m 6%` @returns {Line[]} */
export function movesOf(text) {
  return text
    .split(",")
    .map((part) => part.trim().split(/\s+/))
    .filter(([after]) => after)
    .map(([after, by = "", , within = ""]) => ({ after, by, within }));
}

/** @param {Line[]} lines */
export function planOf(lines) {
  return lines
    .map(({ after = "", by = "", within = "" }) =>
      [after.trim() || "0s", by.trim(), within.trim() && `within ${within.trim()}`].filter(Boolean).join(" "))
    .join(", ");
}

/**
 * What is to come on top of a model.
 * @param {{name: string, plan: string, save: (parameters: Record<string, string>) => Promise<any>}} properties
 */
export function Plan({ name, plan, save }) {
  const [lines, setLines] = useState(movesOf(plan));
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  /** @param {Line[]} moves @param {string} done */
  const set = (moves, done) => run(() => save({ plan: planOf(moves) }), done);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    set(lines, "The plan begins now.");
  };
  return html`<form class="stack" aria-label=${`Plan of ${name}`} onSubmit=${submit}>
    <p class="dim">How far its prices move besides, so long after now, in even steps within a time.</p>
    <${Lines} label=${`Moves of ${name}`} columns=${MOVES} lines=${lines} set=${setLines} disabled=${closed} />
    <div class="bar tight">
      <button class="main" disabled=${closed || !lines.length}>Begin this plan</button>
      <button type="button" disabled=${closed || !plan} onClick=${() => (setLines([]), set([], "It has no plan."))}>No plan</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}
