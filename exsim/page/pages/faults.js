// @ts-check
/** Faults: those that are set and how often each fired; set one of the catalogue; races and scripts. */
import { list, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Choice } from "../parts/choice.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { Settings } from "../parts/settings.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { Races, Scripts, settingsFor } from "./races.js";

const SECOND = 1000;
const WHOSE = { name: "", session: "", endpoint: "", match: "", direction: "", count: "", probability: "" };

/** @param {{fault: any, again: () => void}} properties */
function Fault({ fault, again }) {
  const { said, run } = useDeed();
  const turn = async () => {
    await run(() => send("POST", path`/faults/${fault.name}/${fault.enabled ? "disable" : "enable"}`), "");
    again();
  };
  const remove = async () => {
    await run(() => send("DELETE", path`/faults/${fault.name}`), "");
    again();
  };
  const facts = [
    fault.session ? `session ${fault.session}` : fault.endpoint ? `endpoint ${fault.endpoint}` : fault.venue,
    fault.direction,
    fault.probability !== "1" && `chance ${fault.probability}, ${fault.passed} passed over`,
    fault.left === 0 && "fired as often as it may",
  ].filter(Boolean);
  const parameters = Object.entries(fault.parameters).map(([name, value]) => `${name}=${value}`).join(" ");
  return html`<tr class=${fault.left === 0 || !fault.enabled ? "off" : ""}>
    <td>
      <input type="checkbox" role="switch" aria-label=${`${fault.name} acts`} checked=${fault.enabled} disabled=${!may("admin") || said.busy} onChange=${turn} />
    </td>
    <td class="number hits">${fault.hits}${fault.count !== null && html`<span class="dim"> of ${fault.count}</span>`}</td>
    <td class="what">
      <strong>${fault.name}</strong> <span class="dim">${facts.join(" · ")}</span>
      <div class="mono">${fault.kind} ${parameters} <span class="dim">where</span> ${fault.match || "any message"}</div>
      <${Outcome} said=${said} />
    </td>
    <td class="actions">
      <button disabled=${!may("admin") || said.busy} aria-label=${`Delete ${fault.name}`} onClick=${remove}>Delete</button>
    </td>
  </tr>`;
}

/** @param {{faults: any[], again: () => void}} properties */
function Faults({ faults, again }) {
  const { said, run } = useDeed();
  const clear = async () => {
    await run(() => send("DELETE", "/faults"), (told) => `${told.cleared} removed.`);
    again();
  };
  return html`<section class="panel" aria-labelledby="faults">
    <h2 id="faults">
      <span>Faults <span class="dim">in the order they were set</span></span>
      <span class="actions">
        <${Outcome} said=${said} />
        <button disabled=${!may("admin") || !faults.length} onClick=${clear}>Delete all</button>
      </span>
    </h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="faults">
      <table>
        <thead><tr><th>On</th><th class="number">Fired</th><th>Fault</th><th></th></tr></thead>
        <tbody>${faults.map((fault) => html`<${Fault} key=${fault.name} fault=${fault} again=${again} />`)}</tbody>
      </table>
    </div>
    ${!faults.length && html`<p class="empty">None: all messages go through as they are.</p>`}
  </section>`;
}

/** @param {{kind: any, venue: string, endpoints: any[], again: () => void}} properties */
function NewFault({ kind, venue, endpoints, again }) {
  const [whose, setWhose] = useState(WHOSE);
  /** @param {Record<string, string>} parameters */
  const save = async (parameters) => {
    const given = Object.entries(whose).filter(([name, value]) => value.trim() && name !== "count");
    const often = whose.count.trim();
    const body = {
      kind: kind.kind,
      ...(whose.session.trim() || whose.endpoint ? {} : { venue }),
      ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
      ...(often ? { count: /^\d+$/.test(often) ? Number(often) : often } : {}),
      parameters,
    };
    const told = await send("POST", "/faults", body);
    again();
    return told;
  };
  /** @param {keyof typeof whose} name @param {string} label @param {string} example */
  const field = (name, label, example) => html`<label>${label}
    <input autocomplete="off" placeholder=${example} value=${whose[name]} onInput=${(/** @type {any} */ event) => setWhose({ ...whose, [name]: event.target.value })} />
  </label>`;
  /** @param {keyof typeof whose} name @param {string} label @param {any[]} options */
  const choice = (name, label, options) => html`<label>${label}
    <${Choice} label=${label} value=${whose[name]} options=${options} onChoose=${(/** @type {string} */ value) => setWhose({ ...whose, [name]: value })} />
  </label>`;
  return html`<${Settings} label="New fault" settings=${settingsFor(kind.parameters)} disabled=${!may("admin")} button="Set it" save=${save} done="It is set." always=${true}>
    ${choice("endpoint", "Endpoint", [["", "all of the venue"], ...endpoints.map((one) => one.name)])}
    ${field("session", "Session", "all")} ${field("match", "Match", "type=8 exec=fill")}
    ${choice("direction", "Direction", [["", `${kind.directions[0]} (as usual)`], ...kind.directions])}
    ${field("count", "Count", "no end")} ${field("probability", "Chance", "1")} ${field("name", "Name", `${kind.kind}-N`)}
  <//>`;
}

/** @param {{venue: string, again: () => void}} properties */
function Catalogue({ venue, again }) {
  const { parts } = useSignal(route);
  const { value, trouble } = usePolled(() => list("/fault-kinds"), 60 * SECOND, []);
  const endpoints = usePolled(() => list("/endpoints"), 5 * SECOND, []).value ?? [];
  const kinds = value ?? [];
  const kind = kinds.find((one) => one.kind === parts[0]) ?? kinds[0];
  const levels = [...new Set(kinds.map((one) => one.level))];
  return html`<section class="panel" aria-labelledby="catalogue">
    <h2 id="catalogue">Set a fault</h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    ${kind &&
    html`<div class="pad stack">
      ${levels.map(
        (level) => html`<div class="kinds" key=${level}>
          <span class="dim">${level}</span>
          <span class="bar tight">
            ${kinds
              .filter((one) => one.level === level)
              .map(
                (one) => html`<button key=${one.kind} title=${one.summary} aria-pressed=${one === kind} onClick=${() => note(to("faults", [one.kind]))}>${one.kind}</button>`,
              )}
          </span>
        </div>`,
      )}
      <p><strong>${kind.kind}</strong> ${kind.summary} <span class="dim">${kind.protocols.map((/** @type {any} */ one) => one.protocol).join(", ")}</span></p>
      <${NewFault} key=${kind.kind} kind=${kind} venue=${venue} endpoints=${endpoints.filter((one) => one.venue === venue)} again=${again} />
    </div>`}
  </section>`;
}

export function Page() {
  const fired = useSignal(count("fault"));
  const done = useSignal(count("operation"));
  const [wanted, want] = useState("");
  const { value, trouble, again } = usePolled(() => list("/faults"), SECOND, []);
  const venues = usePolled(() => list("/venues"), 5 * SECOND, []).value ?? [];
  useEffect(again, [fired, done]);
  const names = venues.map((venue) => venue.name);
  const venue = names.includes(wanted) ? wanted : names[0];
  return html`<h1 class="hidden">Faults, races and scripts</h1>
    ${(trouble || names.length > 1) &&
    html`<div class="bar">
      ${names.length > 1 && html`<${Choice} label="Venue" value=${venue} options=${names} onChoose=${want} />`}
      ${trouble && html`<span class="trouble">${trouble}</span>`}
    </div>`}
    <div class="columns">
      <div class="column">
        <${Faults} faults=${value ?? []} again=${again} />
        ${venue && html`<${Races} key=${venue} venue=${venue} />`}
      </div>
      <div class="column">
        ${venue && html`<${Catalogue} key=${venue} venue=${venue} again=${again} />`}
        <${Scripts} />
      </div>
    </div>`;
}
