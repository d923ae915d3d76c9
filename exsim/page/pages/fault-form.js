// @ts-check
/** A fault that is set, or becomes another, by a form of what its kind takes. A part of Faults. */
import { may, path, send } from "../api.js";
import { Choice } from "../parts/choice.js";
import { Settings } from "../parts/settings.js";
import { restOf, useTaken } from "../parts/verbs.js";
import { html, useState } from "../vendor/preact-htm.js";
import { settingsFor } from "./races.js";

const WHOSE = { name: "", session: "", endpoint: "", match: "", direction: "", count: "", probability: "" };
/** What the form has fields for. */
const KNOWN = { ...WHOSE, kind: "", venue: "", parameters: "" };

/** What a form begins with. @param {any} fault one that is set, or nothing @returns {typeof WHOSE} */
function whoseOf(fault) {
  const given = Object.keys(WHOSE).map((name) => [name, String(fault?.[name] ?? "")]);
  return /** @type {any} */ (Object.fromEntries(given));
}

/**
 * @param {{kind: any, venue: string, places: string[], fault?: any, onDone: () => void}} properties
 *   `fault`: one that is set, and becomes another
 */
export function FaultForm({ kind, venue, places, fault = null, onDone }) {
  const taken = useTaken("NewFault");
  const [whose, setWhose] = useState(whoseOf(fault));
  /** @param {Record<string, string>} changed */
  const save = async (changed) => {
    const given = Object.entries(whose).filter(([name, value]) => value.trim() && name !== "count");
    const often = whose.count.trim();
    const body = {
      ...(fault && taken ? restOf(fault, taken, KNOWN) : {}),
      kind: kind.kind,
      ...(whose.session.trim() || whose.endpoint ? {} : { venue }),
      ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])),
      ...(often ? { count: /^\d+$/.test(often) ? Number(often) : often } : {}),
      parameters: { ...fault?.parameters, ...changed },
    };
    const told = await (fault ? send("PUT", path`/faults/${fault.called}`, body) : send("POST", "/faults", body));
    onDone();
    return told;
  };
  /** @param {keyof typeof whose} name @param {string} label @param {string} example */
  const field = (name, label, example) => html`<label>${label}
    <input autocomplete="off" placeholder=${example} disabled=${fault && name === "name"} value=${whose[name]} onInput=${(/** @type {any} */ event) => setWhose({ ...whose, [name]: event.target.value })} />
  </label>`;
  /** @param {keyof typeof whose} name @param {string} label @param {any[]} options */
  const choice = (name, label, options) => html`<label>${label}
    <${Choice} label=${label} value=${whose[name]} options=${options} onChoose=${(/** @type {string} */ value) => setWhose({ ...whose, [name]: value })} />
  </label>`;
  const all = places.includes(whose.endpoint) || !whose.endpoint ? places : [...places, whose.endpoint];
  const settings = settingsFor(kind.parameters).map((one) => {
    const value = fault?.parameters[one.name];
    return value === undefined ? one : { ...one, value, needed: false };
  });
  const said = fault
    ? { label: `Change ${fault.name}`, button: "Change it", done: "It is another now." }
    : { label: "New fault", button: "Set it", done: "It is set." };
  return html`<${Settings} ...${said} settings=${settings} disabled=${!may("admin") || (fault && !taken)} save=${save} always=${true}>
    ${choice("endpoint", "Endpoint", [["", "all of the venue"], ...all])}
    ${field("session", "Session", "all")} ${field("match", "Match", "type=8 exec=fill")}
    ${choice("direction", "Direction", [["", `${kind.directions[0]} (as usual)`], ...kind.directions])}
    ${field("count", "Count", "no end")} ${field("probability", "Chance", "1")} ${field("name", "Name", `${kind.kind}-N`)}
  <//>`;
}
