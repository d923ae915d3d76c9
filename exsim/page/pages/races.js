// @ts-check
/** Races and scripts: armed and run by a click, and what came of it. A part of Faults. */
import { list, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { Settings } from "../parts/settings.js";
import { usePolled } from "../poll.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";

const SECOND = 1000;

/** Parameters as a form has them. @param {any[]} parameters */
export const settingsFor = (parameters) =>
  parameters.map(({ name, default: value, summary }) => ({ name, value: value ?? "", summary, needed: value === null }));

/** @param {{race: any, again: () => void}} properties */
function Race({ race, again }) {
  const [open, setOpen] = useState(false);
  const [whose, setWhose] = useState({ session: "", match: "", times: "1" });
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  const where = path`/races/${race.race}`;
  /** @param {Record<string, string>} parameters */
  const arm = async (parameters) => {
    const { session, match, times } = whose;
    const body = {
      ...(session.trim() ? { session: session.trim() } : {}),
      ...(match.trim() ? { match: match.trim() } : {}),
      times: /^\d+$/.test(times.trim()) ? Number(times) : times.trim() || null,
      parameters,
    };
    const told = await send("POST", where, body, { venue: race.venue });
    again();
    return told;
  };
  const disarm = async () => {
    await run(() => send("DELETE", where, undefined, { venue: race.venue }), "");
    again();
  };
  /** @param {keyof typeof whose} name @param {string} label @param {string} example */
  const field = (name, label, example) => html`<label>${label}
    <input autocomplete="off" placeholder=${example} value=${whose[name]} onInput=${(/** @type {any} */ event) => setWhose({ ...whose, [name]: event.target.value })} />
  </label>`;
  return html`<tr>
    <td class="what">
      <strong>${race.race}</strong> <span class="dim">${race.summary}</span>
      ${race.armed.map(
        (/** @type {any} */ part) => html`<div class="mono armed" key=${part.name}>
          <span class=${part.hits ? "buy" : "dim"}>${part.hits ? `happened ${part.hits === 1 ? "once" : `${part.hits} times`}` : "armed"}</span> ${part.when || "anything"}
        </div>`,
      )}
      <${Outcome} said=${said} />
      ${open &&
      html`<div>
        ${[...race.rules, ...race.faults].map((/** @type {string} */ text) => html`<div class="mono dim" key=${text}>${text}</div>`)}
        <${Settings} label=${`Arm ${race.race}`} settings=${settingsFor(race.parameters)} disabled=${closed} button="Arm it so" save=${arm} done="Armed." always=${true}>
          ${field("session", "session", "all")} ${field("match", "match", "all")} ${field("times", "times", "no end")}
        <//>
      </div>`}
    </td>
    <td class="actions">
      ${race.armed.length
        ? html`<button disabled=${closed} aria-label=${`Disarm ${race.race}`} onClick=${disarm}>Disarm</button>`
        : html`<button disabled=${closed} aria-label=${`Arm ${race.race}`} onClick=${() => run(() => arm({}), "")}>Arm</button>`}
      <button aria-expanded=${open} aria-label=${`Options of ${race.race}`} onClick=${() => setOpen(!open)}>Options</button>
    </td>
  </tr>`;
}

/** @param {{venue: string}} properties */
export function Races({ venue }) {
  const fired = useSignal(count("rule"));
  const { value, trouble, again } = usePolled(() => list("/races", { venue }), 2 * SECOND, [venue]);
  useEffect(again, [fired]);
  return html`<section class="panel" aria-labelledby="races">
    <h2 id="races">Races <span class="dim">armed for the next request that fits</span></h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-labelledby="races">
      <table>
        <tbody>${value?.map((race) => html`<${Race} key=${race.race} race=${race} again=${again} />`)}</tbody>
      </table>
    </div>
  </section>`;
}

/** @param {{script: any}} properties */
function Script({ script }) {
  const [came, setCame] = useState(/** @type {any} */ (null));
  const { said, run } = useDeed();
  const go = async () => {
    setCame(null);
    const told = await run(() => send("POST", path`/scripts/${script.script}/run`), "");
    if (told) setCame(told);
  };
  return html`<tr>
    <td class="what">
      <strong>${script.script}</strong> <span class="dim">${script.summary}</span>
      ${said.busy && html`<p class="dim" role="status">It runs …</p>`}
      <${Outcome} said=${said} />
      ${came && html`<p role="status" class=${came.passed ? "buy" : "trouble"}>${came.passed ? "Passed" : "Failed"}</p>
        <pre class="report" tabindex="0">${came.text}</pre>`}
    </td>
    <td class="actions">
      <button disabled=${!may("admin") || said.busy} aria-label=${`Run ${script.script}`} onClick=${go}>Run</button>
    </td>
  </tr>`;
}

export function Scripts() {
  const { value, trouble } = usePolled(() => list("/scripts"), 5 * SECOND, []);
  return html`<section class="panel" aria-labelledby="scripts">
    <h2 id="scripts">Scripts</h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    <table>
      <tbody>${value?.map((script) => html`<${Script} key=${script.script} script=${script} />`)}</tbody>
    </table>
    ${value && !value.length && html`<p class="empty">None: scripts of the configuration's scripts folder are here to be run.</p>`}
  </section>`;
}
