// @ts-check
/** Faults: those that are set and how often each fired; set one of the catalogue; races and scripts. */
import { list, listNamed, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Choice } from "../parts/choice.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { FaultForm } from "./fault-form.js";
import { Races, Scripts } from "./races.js";

const SECOND = 1000;

/** @param {{fault: any, chosen: boolean, again: () => void}} properties */
function Fault({ fault, chosen, again }) {
  const { said, run } = useDeed();
  const turn = async () => {
    await run(() => send("POST", path`/faults/${fault.called}/${fault.enabled ? "disable" : "enable"}`), "");
    again();
  };
  const remove = async () => {
    await run(() => send("DELETE", path`/faults/${fault.called}`), "");
    again();
  };
  const facts = [
    fault.session ? `session ${fault.session}` : fault.endpoint ? `endpoint ${fault.endpoint}` : fault.venue,
    fault.direction,
    fault.probability !== "1" && `chance ${fault.probability}, ${fault.passed} passed over`,
    fault.left === 0 && "fired as often as it may",
  ].filter(Boolean);
  const parameters = Object.entries(fault.parameters).map(([name, value]) => `${name}=${value}`).join(" ");
  return html`<tr class=${[chosen && "picked", (fault.left === 0 || !fault.enabled) && "off"].filter(Boolean).join(" ")}>
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
      <button aria-label=${`Edit ${fault.name}`} onClick=${() => note(to("faults", [fault.kind, fault.called]))}>Edit</button>
      <button disabled=${!may("admin") || said.busy} aria-label=${`Delete ${fault.name}`} onClick=${remove}>Delete</button>
    </td>
  </tr>`;
}

/** @param {{faults: any[], chosen: any, again: () => void}} properties */
function Faults({ faults, chosen, again }) {
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
        <tbody>${faults.map((fault) => html`<${Fault} key=${fault.called} fault=${fault} chosen=${fault === chosen} again=${again} />`)}</tbody>
      </table>
    </div>
    ${!faults.length && html`<p class="empty">None: all messages go through as they are.</p>`}
  </section>`;
}

/** Endpoints, and proxies as faults call them. */
async function placesOf() {
  const [endpoints, proxies] = await Promise.all([list("/endpoints"), listNamed("/proxies")]);
  return [...endpoints, ...proxies.map((one) => ({ venue: one.venue, name: `proxy:${one.called}` }))];
}

/** @param {{venue: string, fault: any, again: () => void}} properties `fault`: one that is changed */
function Catalogue({ venue, fault, again }) {
  const { parts } = useSignal(route);
  const { value, trouble } = usePolled(() => list("/fault-kinds"), 60 * SECOND, []);
  const places = usePolled(placesOf, 5 * SECOND, []).value ?? [];
  const kinds = value ?? [];
  const kind = kinds.find((one) => one.kind === (fault?.kind ?? parts[0])) ?? kinds[0];
  const levels = [...new Set(kinds.map((one) => one.level))];
  return html`<section class="panel" aria-labelledby="catalogue">
    <h2 id="catalogue">
      ${fault ? `Change ${fault.name}` : "Set a fault"}
      ${fault && html`<button class="plain" aria-label="Close" onClick=${() => note(to("faults", [fault.kind]))}>×</button>`}
    </h2>
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
      <${FaultForm}
        key=${`${kind.kind} ${fault?.called}`}
        kind=${kind}
        venue=${venue}
        places=${places.filter((one) => one.venue === venue).map((one) => one.name)}
        fault=${fault}
        onDone=${again}
      />
      ${fault && html`<p class="dim">It counts from 0 then.</p>`}
    </div>`}
  </section>`;
}

export function Page() {
  const { parts } = useSignal(route);
  const fired = useSignal(count("fault"));
  const done = useSignal(count("operation"));
  const [wanted, want] = useState("");
  const { value, trouble, again } = usePolled(() => listNamed("/faults"), SECOND, []);
  const venues = usePolled(() => list("/venues"), 5 * SECOND, []).value ?? [];
  useEffect(again, [fired, done]);
  const names = venues.map((venue) => venue.name);
  const faults = value ?? [];
  const chosen = faults.find((one) => one.kind === parts[0] && one.called === parts[1]) ?? null;
  const venue = chosen?.venue ?? (names.includes(wanted) ? wanted : names[0]);
  return html`<h1 class="hidden">Faults, races and scripts</h1>
    ${(trouble || names.length > 1) &&
    html`<div class="bar">
      ${names.length > 1 && html`<${Choice} label="Venue" value=${venue} options=${names} onChoose=${want} />`}
      ${trouble && html`<span class="trouble">${trouble}</span>`}
    </div>`}
    <div class="columns">
      <div class="column">
        <${Faults} faults=${faults} chosen=${chosen} again=${again} />
        ${venue && html`<${Races} key=${venue} venue=${venue} />`}
      </div>
      <div class="column">
        ${venue && html`<${Catalogue} key=${venue} venue=${venue} fault=${chosen} again=${again} />`}
        <${Scripts} />
      </div>
    </div>`;
}
