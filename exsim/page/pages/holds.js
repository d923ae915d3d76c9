// @ts-check
/** Holds: requests that wait for somebody to decide, and everything that can be done about them. */
import { list, may, path } from "../api.js";
import { count } from "../news.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { VirtualTable } from "../parts/table.js";
import { clock } from "../parts/times.js";
import { ownOf, perform, spelled, useVerbs, VerbForm } from "../parts/verbs.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { FieldEditor } from "./hold-fields.js";
import { GoneHold } from "./hold-gone.js";
import { HeldByProxies, HeldDetail, partsOf, useHeld } from "./hold-proxies.js";
import { HoldRules } from "./hold-rules.js";

/** @typedef {import("../parts/verbs.js").Verb} Verb */

const SECOND = 1000;
/** Letters for verbs that would not get their first one; the others get the first that is free. */
const LETTERS = { reject: "x", drop: "d", expire: "e", reply: "y" };

/** @param {Verb[]} verbs @returns {Map<string, Verb>} by their letters; j and k go up and down */
export function lettersOf(verbs) {
  const found = new Map();
  const taken = new Set(["j", "k", ...Object.values(LETTERS)]);
  for (const verb of verbs) {
    const wanted = /** @type {Record<string, string>} */ (LETTERS)[verb.name];
    const letter = wanted ?? [...verb.name].find((one) => /[a-z]/.test(one) && !taken.has(one));
    if (!letter) continue;
    taken.add(letter);
    found.set(letter, verb);
  }
  return found;
}

/** @param {any} hold */
function side(hold) {
  return hold.side && html`<span class=${hold.side === "BUY" ? "buy" : "sell"}>${hold.side}</span>`;
}

/** @param {Set<string>} marked @param {(hold: string) => void} mark */
const columns = (marked, mark) => [
  {
    name: "",
    width: "2em",
    show: (/** @type {any} */ one) => html`<input
      type="checkbox"
      tabindex="-1"
      aria-label=${`Mark hold ${one.hold}`}
      checked=${marked.has(one.hold)}
      onClick=${(/** @type {Event} */ event) => {
        event.stopPropagation();
        mark(one.hold);
      }}
    />`,
  },
  { name: "Hold", width: "4em", show: (/** @type {any} */ one) => one.hold },
  { name: "Since", width: "8.2em", kind: "mono", show: (/** @type {any} */ one) => clock(one.time) },
  { name: "Session", width: "minmax(6em, 1fr)", show: (/** @type {any} */ one) => one.session || html`<span class="dim">nobody</span>` },
  { name: "Asks", width: "5em", show: (/** @type {any} */ one) => one.kind },
  { name: "ClOrdID", width: "minmax(5em, 1fr)", show: (/** @type {any} */ one) => one.cl_ord_id },
  { name: "Side", width: "4em", show: side },
  { name: "Quantity", width: "6em", kind: "number", show: (/** @type {any} */ one) => one.quantity },
  { name: "Symbol", width: "6em", show: (/** @type {any} */ one) => one.symbol },
  { name: "Price", width: "6em", kind: "number", show: (/** @type {any} */ one) => one.price },
  { name: "Held by", width: "minmax(5em, 1fr)", kind: "dim", show: (/** @type {any} */ one) => one.policy },
];

/** What came of the last decision. @param {{results: any[], verb: string}} properties */
function Decided({ results, verb }) {
  const order = results.length === 1 ? results[0].order : null;
  const many = results.length > 1 ? ` ${results.length}` : "";
  return html`<span class="outcome dim" role="status">
    Done: ${spelled(verb)}${many}${order ? html`, <a href=${to("orders", [order.venue, order.order_id])}>order ${order.order_id}</a> is ${order.status}` : ""}.
  </span>`;
}

/**
 * @param {{verbs: Verb[], letters: Map<string, Verb>, begin: (verb: Verb, form: boolean) => void,
 *   closed: boolean, many: number}} properties
 */
function VerbButtons({ verbs, letters, begin, closed, many }) {
  const [form, setForm] = useState(false);
  const byVerb = new Map([...letters].map(([letter, verb]) => [verb.name, letter]));
  return html`<div class="verbs" role="group" aria-label="Verbs">
    ${verbs.map(
      (verb) => html`<button
        key=${verb.name}
        class=${verb.name === "release" ? "main" : ""}
        title=${verb.summary}
        disabled=${closed}
        onClick=${() => begin(verb, form)}
      >
        ${spelled(verb.name)}${ownOf(verb).length || form ? "…" : ""}${byVerb.has(verb.name) ? html` <kbd aria-hidden="true">${byVerb.get(verb.name)}</kbd>` : ""}
      </button>`,
    )}
    <label class="check" title="Ask how the report is told: forced, silent, with other values">
      <input type="checkbox" checked=${form} onChange=${() => setForm(!form)} /> ask for details
    </label>
    ${many > 1 && html`<span class="dim">about ${many} marked</span>`}
  </div>`;
}

export function Page() {
  const { parts, query } = useSignal(route);
  const session = query.get("session") ?? "";
  const happened = useSignal(count("hold"));
  const { value, trouble, again } = usePolled(
    () => list("/holds", { session: session || null }), SECOND, [session]);
  useEffect(again, [happened]);
  const verbs = useVerbs("/holds/{hold}");
  const letters = lettersOf(verbs);
  const [marked, setMarked] = useState(/** @type {Set<string>} */ (new Set()));
  const [asking, ask] = useState(/** @type {Verb | null} */ (null));
  const [last, setLast] = useState(/** @type {{results: any[], verb: string} | null} */ (null));
  const { said, run, clear } = useDeed();
  const all = value ?? [];
  const proxied = useHeld();
  const ofProxy = parts[0] === "proxy";
  const message = proxied.messages.find((one) => partsOf(one).join() === parts.join());
  /** Holds that were decided here: they are gone, and the next one is looked at. */
  const decided = useRef(/** @type {Set<string>} */ (new Set())).current;
  const named = all.find((one) => one.hold === parts[0]);
  // Where one is named that is not there, also where it is a proxy's, no letter must decide about another.
  const free = !parts[0] || (decided.has(parts[0]) && !named);
  const chosen = named ?? (free ? all[0] : undefined);
  const gone = ofProxy ? !message && proxied.known : !chosen && !free && value !== null;
  const among = all.filter((one) => marked.has(one.hold));
  const about = among.length ? among : chosen ? [chosen] : [];
  const paths = about.map((one) => path`/holds/${one.hold}`);

  /** @param {string} hold */
  const go = (hold) => {
    decided.delete(hold);
    note(to("holds", hold ? [hold] : [], { session }));
  };
  // It stays the one that is looked at when it is let go elsewhere: nobody is to answer another.
  useEffect(() => {
    if (free && chosen) go(chosen.hold);
  }, [free, chosen?.hold]);
  /** @param {string} hold */
  const mark = (hold) => setMarked((now) => {
    const next = new Set(now);
    if (!next.delete(hold)) next.add(hold);
    return next;
  });
  /** @param {string} verb @param {any[]} results */
  const done = (verb, results) => {
    const index = all.indexOf(chosen);
    const others = [...all.slice(index + 1), ...all.slice(0, index)].filter((one) => !about.includes(one));
    for (const one of about) decided.add(one.hold);
    if (others.length) go(others[0].hold);
    setMarked(new Set());
    ask(null);
    clear();
    setLast({ results, verb });
    again();
  };
  /** @param {Verb} verb @param {boolean} form */
  const begin = async (verb, form) => {
    setLast(null);
    clear();
    if (form || ownOf(verb).length) return ask(verb);
    ask(null);
    const results = await run(() => perform(verb, paths, verb.takes ? {} : undefined), "");
    if (results) done(verb.name, results);
  };
  /** @param {number} step */
  const move = (step) => {
    const to = all[all.indexOf(chosen) + step];
    if (to) go(to.hold);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const typing = /** @type {HTMLElement} */ (event.target).closest?.("input:not([type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || (ofProxy && !gone)) return;
    const verb = letters.get(event.key);
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (!chosen) return;
    else if (event.key === " ") mark(chosen.hold);
    else if (event.key === "Enter" && /** @type {HTMLElement} */ (event.target).tagName !== "BUTTON") {
      /** @type {HTMLElement | null} */ (document.querySelector(".hold-fields input"))?.focus();
    } else if (verb && may("trade") && !said.busy) begin(verb, false);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  });
  const closed = !may("trade") || !about.length || said.busy;
  return html`<h1 class="hidden">Holds</h1>
    <${HoldRules} session=${session} only=${(/** @type {string} */ name) => note(to("holds", [], { session: name }))} />
    <div class=${chosen || message || gone ? "split open" : "split"}>
      <div class="left">
        <div class="bar tight">
          <strong>${all.length} ${all.length === 1 ? "waits" : "wait"}</strong>
          <button disabled=${!all.length} onClick=${() => setMarked(new Set(among.length ? [] : all.map((one) => one.hold)))}>
            ${among.length ? "Mark none" : "Mark all"}
          </button>
          ${trouble && html`<span class="trouble">${trouble}</span>`}
          ${last && html`<${Decided} ...${last} />`}
        </div>
        <${VirtualTable}
          label="Holds"
          columns=${columns(marked, mark)}
          count=${all.length}
          row=${(/** @type {number} */ index) => all[index]}
          keyOf=${(/** @type {any} */ one) => one.hold}
          chosen=${chosen?.hold ?? null}
          onChoose=${(/** @type {any} */ one) => go(one.hold)}
          empty="Nothing waits. Hold orders above, or by a rule or a policy."
        />
        <p class="keys dim"><kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Space</kbd> marks, <kbd>Enter</kbd> edits, letters decide</p>
        <${HeldByProxies} held=${proxied} />
      </div>
      ${chosen &&
      html`<aside class="detail" aria-label="Hold">
        <header>
          <h2>Hold ${chosen.hold}: ${chosen.kind} ${chosen.cl_ord_id}</h2>
        </header>
        <div class="view stack" tabindex="0" role="region" aria-label=${`Hold ${chosen.hold}`}>
          <${VerbButtons} verbs=${verbs} letters=${letters} begin=${begin} closed=${closed} many=${among.length} />
          <${Outcome} said=${said} />
          ${asking &&
          html`<${VerbForm}
            key=${asking.name}
            verb=${asking}
            paths=${paths}
            suggested=${{ quantity: chosen.quantity ?? "", price: chosen.price ?? "" }}
            onDone=${(/** @type {any[]} */ results) => done(asking.name, results)}
            onClose=${() => ask(null)}
          />`}
          <${FieldEditor} key=${chosen.hold} hold=${chosen} again=${again} onRelease=${(/** @type {any} */ result) => done("release", [result])} />
        </div>
      </aside>`}
      ${gone && html`<${GoneHold} key=${parts.join()} parts=${parts} session=${session} onClose=${() => go("")} />`}
      ${message &&
      html`<${HeldDetail}
        key=${partsOf(message).join()}
        one=${message}
        onDone=${() => (go(""), proxied.again())}
        onClose=${() => go("")}
      />`}
    </div>`;
}
