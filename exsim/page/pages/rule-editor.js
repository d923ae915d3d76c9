// @ts-check
/** A rule that is made or changed: a form, or JSON as REST takes it; the server checks it. */
import { may, path, send } from "../api.js";
import { Choice } from "../parts/choice.js";
import { quoted } from "../parts/copying.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { useLeaving } from "../parts/leaving.js";
import { restOf, useTaken } from "../parts/verbs.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";

/** The commonest things that are done, and the steps they are. @type {[string, string][]} */
const TEMPLATES = [
  ["Hold", "hold"],
  ["Delay", "after 5s"],
  ["Reject", 'reject OTHER "not today"'],
  ["Part fill", "ack; fill 50%"],
  ["Fill later", "ack; after 5s; fill rest"],
  ["Cancel later", 'ack; after 5s; cancel "by the market"'],
  ["Drop", "drop"],
];

/** @type {[string, string][]} */
const TYPES = [
  ["", "anything"],
  ["D", "new order"],
  ["F", "cancel"],
  ["G", "replace"],
  ["H", "status request"],
];

const MATCH = { type: "", symbol: "", session: "", side: "", quantity: "" };

/** @param {typeof MATCH} match */
function filterOf({ type, symbol, session, side, quantity }) {
  const parts = [
    type && `type=${type}`,
    symbol.trim() && `symbol=${quoted(symbol.trim())}`,
    session.trim() && `session=${quoted(session.trim())}`,
    side && `side=${side}`,
    quantity.trim() && `qty>=${quoted(quantity.trim())}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** @typedef {Record<string, string>} Draft */

/** @type {Draft} */
const EMPTY = { name: "", when: "", then: "", priority: "0", times: "", probability: "1", scenario: "", state: "", becomes: "", venue: "" };

/** What is shown elsewhere, or has a field. Whether a rule is asked is as its switch has it when it is saved. */
const SHOWN = { ...EMPTY, enabled: true };

/**
 * What a form begins with.
 * @param {any} rule one that there is, or what is known of a new one
 * @returns {Draft}
 */
function draftOf(rule) {
  const known = Object.entries(EMPTY).map(([name, value]) => [name, String(rule[name] ?? value)]);
  return Object.fromEntries(known);
}

/** @param {Draft} draft @param {Record<string, any>} rest what the form has no field for */
function bodyOf(draft, rest) {
  /** @param {string} text */
  const whole = (text) => (/^-?\d+$/.test(text.trim()) ? Number(text) : text.trim());
  const { name, when, then, priority, times, probability, scenario, state, becomes } = draft;
  const body = {
    ...(name.trim() ? { name: name.trim() } : {}),
    venue: draft.venue.trim() || undefined,
    ...(when.trim() ? { when: when.trim() } : {}),
    then: then.trim(),
    priority: whole(priority || "0"),
    ...(times.trim() ? { times: whole(times) } : {}),
    probability: probability.trim() || "1",
    ...(scenario.trim() ? { scenario: scenario.trim() } : {}),
    ...(scenario.trim() && state.trim() ? { state: state.trim() } : {}),
    ...(scenario.trim() && becomes.trim() ? { becomes: becomes.trim() } : {}),
    ...rest,
  };
  return body;
}

/** The rule that JSON says, if a form can have it. @param {string} text @returns {any} */
function ruleOf(text) {
  const body = JSON.parse(text);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw new SyntaxError("a rule is an object: {…}");
  for (const name of ["when", "then"]) {
    if (name in body && typeof body[name] !== "string") throw new SyntaxError(`${name} is no text: only JSON has it so`);
  }
  return body;
}

/** What the form has no field for. @param {{rest: Record<string, any>}} properties */
function Kept({ rest }) {
  const all = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return all.length > 0 && html`<p class="dim">Kept as it is: <span class="mono">${all.join(" ")}</span></p>`;
}

/** @param {{draft: Draft, set: (name: string, value: string) => void, old: boolean}} properties */
function Fields({ draft, set, old }) {
  const [match, setMatch] = useState(MATCH);
  /** @param {keyof typeof MATCH} name @param {string} value */
  const fit = (name, value) => {
    const next = { ...match, [name]: value };
    setMatch(next);
    set("when", filterOf(next));
  };
  /** @param {keyof typeof MATCH} name @param {string} label */
  const field = (name, label) => html`<label>${label}
    <input autocomplete="off" value=${match[name]} onInput=${(/** @type {any} */ event) => fit(name, event.target.value)} />
  </label>`;
  /** @param {string} name @param {string} label @param {string} example @param {string} [kind] */
  const text = (name, label, example, kind = "") => html`<label class=${kind}>${label}
    <input
      class=${kind ? "mono" : ""}
      autocomplete="off"
      spellcheck=${false}
      placeholder=${example}
      disabled=${old && (name === "name" || name === "venue")}
      value=${draft[name]}
      onInput=${(/** @type {any} */ event) => set(name, event.target.value)}
    />
  </label>`;
  return html`<fieldset>
      <legend>When</legend>
      <div class="form">
        <label>Message <${Choice} label="Message" value=${match.type} options=${TYPES} onChoose=${(/** @type {string} */ value) => fit("type", value)} /></label>
        ${field("symbol", "Symbol")} ${field("session", "Session")}
        <label>Side <${Choice} label="Side" value=${match.side} options=${[["", "both"], "BUY", "SELL"]} onChoose=${(/** @type {string} */ value) => fit("side", value)} /></label>
        ${field("quantity", "Quantity from")} ${text("when", "Filter", "all requests", "whole")}
      </div>
    </fieldset>
    <fieldset>
      <legend>Then</legend>
      <div class="bar tight templates">
        ${TEMPLATES.map(([name, steps]) => html`<button type="button" key=${name} title=${steps} onClick=${() => set("then", steps)}>${name}</button>`)}
      </div>
      <div class="form">${text("then", "Steps", "none: it only counts", "whole")}</div>
    </fieldset>
    <div class="form">
      ${text("name", "Name", "rule-N")} ${text("priority", "Priority", "0")} ${text("times", "Times", "no end")}
      ${text("probability", "Chance", "1")} ${text("scenario", "Scenario", "none")} ${text("state", "In state", "any")}
      ${text("becomes", "Becomes", "as it is")} ${text("venue", "Venue", "the only one")}
    </div>`;
}

/**
 * @param {{rule: any, old: boolean, onDone: (rule: any) => void, onClose: () => void}} properties
 *   `old`: there is one of this name, which becomes another
 */
export function RuleEditor(properties) {
  const taken = useTaken("NewRule");
  return taken && html`<${Editor} ...${properties} rest=${restOf(properties.rule, taken, SHOWN)} />`;
}

/** @param {any} properties those of RuleEditor, and what the form has no field for */
function Editor({ rule, old, onDone, onClose, rest: first }) {
  const leaving = useLeaving(onClose);
  useEffect(() => leaving.current?.querySelector("select")?.focus(), []);
  const [draft, setDraft] = useState(draftOf(rule));
  const [rest, setRest] = useState(first);
  const [json, setJson] = useState(/** @type {string | null} */ (null));
  const { said, run, clear } = useDeed();
  const save = async () => {
    const body = json === null ? bodyOf(draft, rest) : JSON.parse(json);
    return old
      ? send("PUT", path`/rules/${rule.name}`, { enabled: rule.enabled, ...body })
      : send("POST", "/rules", body);
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const made = await run(save, (told) => `${told.name} is there.`);
    if (made) onDone(made);
  };
  const turn = () => {
    clear();
    if (json === null) setJson(JSON.stringify(bodyOf(draft, rest), null, 2));
    else
      run(async () => {
        const made = ruleOf(json);
        setDraft(draftOf(made));
        setRest(Object.fromEntries(Object.entries(made).filter(([name]) => !(name in EMPTY))));
        setJson(null);
      }, "");
  };
  return html`<section class="panel" ref=${leaving} aria-labelledby="editor">
    <h2 id="editor">
      <span>${old ? `Change ${rule.name}` : "New rule"}</span>
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </h2>
    <form class="stack pad rule-form" aria-label="Rule" onSubmit=${submit}>
      ${json === null
        ? html`<${Fields} draft=${draft} old=${old} set=${(/** @type {string} */ name, /** @type {string} */ value) => setDraft({ ...draft, [name]: value })} />`
        : html`<textarea
            class="mono"
            rows="14"
            aria-label="Rule as JSON"
            spellcheck=${false}
            value=${json}
            onInput=${(/** @type {any} */ event) => setJson(event.target.value)}
          ></textarea>`}
      ${json === null && html`<${Kept} rest=${rest} />`}
      <div class="bar tight">
        <button class="main" disabled=${!may("admin") || said.busy}>${old ? "Change" : "Add"}</button>
        <button type="button" onClick=${turn}>${json === null ? "As JSON" : "As a form"}</button>
        ${old && html`<span class="dim">It counts from 0 then.</span>`}
      </div>
      <${Outcome} said=${said} />
    </form>
  </section>`;
}
