// @ts-check
/** Rules: which there are, in the order they are asked, how often each fired; switch, change, make. */
import { list, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Choice } from "../parts/choice.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect } from "../vendor/preact-htm.js";
import { RuleEditor } from "./rule-editor.js";

const SECOND = 1000;

/** @param {{rule: any, many: boolean, chosen: boolean, again: () => void}} properties */
function Rule({ rule, many, chosen, again }) {
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  const where = path`/rules/${rule.name}`;
  const asked = { venue: rule.venue };
  /** @param {() => Promise<any>} work */
  const act = async (work) => {
    await run(work, "");
    again();
  };
  const turn = () => act(() => send("POST", `${where}/${rule.enabled ? "disable" : "enable"}`, undefined, asked));
  const spent = rule.left === 0;
  const facts = [
    rule.priority && `priority ${rule.priority}`,
    rule.probability !== "1" && `chance ${rule.probability}, ${rule.passed} passed over`,
    rule.scenario && `${rule.scenario}: ${rule.state ?? "any state"} → ${rule.becomes ?? "the same"}`,
    spent && "fired as often as it may",
    many && rule.venue,
  ].filter(Boolean);
  return html`<tr class=${[chosen && "picked", (!rule.enabled || spent) && "off"].filter(Boolean).join(" ")}>
    <td>
      <input type="checkbox" role="switch" aria-label=${`${rule.name} is asked`} checked=${rule.enabled} disabled=${closed} onChange=${turn} />
    </td>
    <td class="number hits">${rule.hits}${rule.times !== null && html`<span class="dim"> of ${rule.times}</span>`}</td>
    <td class="what">
      <strong>${rule.name}</strong> ${facts.length > 0 && html`<span class="dim">${facts.join(" · ")}</span>`}
      <div class="mono"><span class="dim">when</span> ${rule.when || "anything is asked"}</div>
      <div class="mono"><span class="dim">then</span> ${rule.then || "it is counted"}</div>
      <${Outcome} said=${said} />
    </td>
    <td class="actions">
      <button onClick=${() => note(to("rules", [rule.venue, rule.name]))}>Edit</button>
      <button disabled=${closed} aria-label=${`Delete ${rule.name}`} onClick=${() => act(() => send("DELETE", where, undefined, asked))}>Delete</button>
    </td>
  </tr>`;
}

/** @param {{rules: any[], many: boolean, chosen: any, again: () => void}} properties */
function Rules({ rules, many, chosen, again }) {
  const { said, run } = useDeed();
  const clear = async () => {
    await run(() => send("DELETE", "/rules"), (told) => `${told.cleared} removed.`);
    again();
  };
  return html`<section class="panel" aria-labelledby="rules">
    <h2 id="rules">
      <span>Rules <span class="dim">in the order they are asked; the first that fires decides</span></span>
      <span class="actions">
        <${Outcome} said=${said} />
        <button disabled=${!may("admin") || !rules.length} onClick=${clear}>Delete all</button>
        <button class="main" disabled=${!may("admin")} onClick=${() => note(to("rules", [], { new: "yes" }))}>New rule</button>
      </span>
    </h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="rules">
      <table>
        <thead><tr><th>On</th><th class="number">Fired</th><th>Rule</th><th></th></tr></thead>
        <tbody>
          ${rules.map((rule) => html`<${Rule} key=${`${rule.venue}/${rule.name}`} rule=${rule} many=${many} chosen=${rule === chosen} again=${again} />`)}
        </tbody>
      </table>
    </div>
    ${!rules.length && html`<p class="empty">No rules: all requests go to the policies of their venue.</p>`}
  </section>`;
}

/** @param {{scenario: any, again: () => void}} properties */
function Scenario({ scenario, again }) {
  const { said, run } = useDeed();
  const { scenario: name, venue, state, states } = scenario;
  const closed = !may("admin") || said.busy;
  /** @param {() => Promise<any>} work */
  const act = async (work) => {
    await run(work, "");
    again();
  };
  return html`<tr>
    <td><strong>${name}</strong> <span class="dim">${venue}</span></td>
    <td>
      <${Choice}
        label=${`State of ${name}`}
        value=${state}
        options=${states}
        disabled=${closed}
        onChoose=${(/** @type {string} */ next) => act(() => send("PUT", path`/scenarios/${name}`, { state: next }, { venue }))}
      />
      <${Outcome} said=${said} />
    </td>
    <td class="actions">
      <button disabled=${closed} onClick=${() => act(() => send("DELETE", path`/scenarios/${name}`, undefined, { venue }))}>Back to its start</button>
    </td>
  </tr>`;
}

function Scenarios() {
  const fired = useSignal(count("rule"));
  const { value, again } = usePolled(() => list("/scenarios"), 2 * SECOND, []);
  useEffect(again, [fired]);
  if (!value?.length) return null;
  return html`<section class="panel" aria-labelledby="scenarios">
    <h2 id="scenarios">Scenarios <span class="dim">states that rules wait for and change</span></h2>
    <table>
      <thead><tr><th>Scenario</th><th>State</th><th></th></tr></thead>
      <tbody>
        ${value.map((one) => html`<${Scenario} key=${`${one.venue}/${one.scenario}`} scenario=${one} again=${again} />`)}
      </tbody>
    </table>
  </section>`;
}

function Behaviours() {
  const { value } = usePolled(() => list("/behaviours"), 2 * SECOND, []);
  if (!value?.length) return null;
  return html`<section class="panel" aria-labelledby="behaviours">
    <h2 id="behaviours">Behaviours <span class="dim">chosen by the order itself, after all rules</span></h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="behaviours">
      <table>
        <thead><tr><th class="number">Fired</th><th>Chosen by</th><th>Then</th></tr></thead>
        <tbody>
          ${value.map(
            (one) => html`<tr key=${`${one.venue}/${one.name}`}>
              <td class="number">${one.hits}</td>
              <td title=${one.summary}><strong>${one.name}</strong> <span class="mono">${[...one.prefixes.map((/** @type {string} */ each) => `${each}…`), ...one.symbols, one.match].filter(Boolean).join(" ")}</span></td>
              <td class="mono">${one.then}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function Page() {
  const { parts, query } = useSignal(route);
  const fired = useSignal(count("rule"));
  const done = useSignal(count("operation"));
  const { value, trouble, again } = usePolled(() => list("/rules"), SECOND, []);
  useEffect(again, [fired, done]);
  const rules = value ?? [];
  const chosen = rules.find((one) => one.venue === parts[0] && one.name === parts[1]);
  const fresh = query.has("new")
    ? { venue: query.get("venue") ?? "", when: query.get("when") ?? "", then: query.get("then") ?? "" }
    : null;
  const close = () => note(to("rules"));
  const finished = () => {
    again();
    close();
  };
  return html`<h1 class="hidden">Rules</h1>
    ${trouble && html`<p class="trouble">${trouble}</p>`}
    <div class=${chosen || fresh ? "columns" : "column"}>
      <div class="column">
        <${Rules} rules=${rules} many=${new Set(rules.map((one) => one.venue)).size > 1} chosen=${chosen} again=${again} />
        <${Scenarios} />
        <${Behaviours} />
      </div>
      ${fresh
        ? html`<${RuleEditor} key=${`new ${fresh.when}`} rule=${fresh} old=${false} onDone=${finished} onClose=${close} />`
        : chosen && html`<${RuleEditor} key=${`${chosen.venue}/${chosen.name}`} rule=${chosen} old=${true} onDone=${finished} onClose=${close} />`}
    </div>`;
}
