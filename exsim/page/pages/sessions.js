// @ts-check
/** Sessions: who is connected and how it goes, and what a tester does to them all day. */
import { get, listNamed, may, path, send } from "../api.js";
import { span } from "../metrics.js";
import { count } from "../news.js";
import { quoted } from "../parts/copying.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { fieldsOf, rawOf } from "../parts/fields.js";
import { useLeaving } from "../parts/leaving.js";
import { VirtualTable } from "../parts/table.js";
import { clock, whole } from "../parts/times.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { Proxies } from "./proxies.js";

const SECOND = 1000;
const ORDER = ["active", "logon", "logout", "offline"];
/** Messages by which sessions begin and end: of FIX, and packets of SoupBinTCP. */
const LOGONS = "type=A or type=5";
const LOGINS = "name=LoginRequest,LoginAccepted,LoginRejected,LogoutRequest,EndOfSession";

/** @param {any} trip */
const took = (trip) => (trip ? span(trip.nanoseconds / 1e9) : "–");

const COLUMNS = [
  { name: "Session", width: "minmax(8em, 1.4fr)", show: (/** @type {any} */ one) => one.called },
  {
    name: "State",
    width: "6em",
    show: (/** @type {any} */ one) =>
      html`<span class=${`state ${one.state}`}>${one.state}</span>${one.refusal !== null
          ? html` <span class="trouble" title=${one.refusal}>refused</span>`
          : ""}`,
  },
  { name: "Endpoint", width: "minmax(7em, 1fr)", show: (/** @type {any} */ one) => one.endpoint },
  { name: "In", width: "5em", kind: "number", show: (/** @type {any} */ one) => one.next_in },
  { name: "Out", width: "5em", kind: "number", show: (/** @type {any} */ one) => one.next_out },
  { name: "Round trip", width: "7em", kind: "number", show: (/** @type {any} */ one) => took(one.round_trip) },
  { name: "Queued", width: "6em", kind: "number", show: (/** @type {any} */ one) => one.queued },
  { name: "From", width: "minmax(9em, 1fr)", kind: "dim", show: (/** @type {any} */ one) => one.peer },
];

/** @param {{session: any, again: () => void}} properties */
function Actions({ session, again }) {
  const [text, setText] = useState("");
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  /** @param {string} verb @param {object | undefined} body @param {string} done */
  const act = (verb, body, done) => async () => {
    await run(() => send("POST", `${path`/sessions/${session.called}/`}${verb}`, body), done);
    again();
  };
  const told = text ? { text } : {};
  const refused = session.refusal !== null;
  return html`<section aria-label="Actions">
    <div class="bar tight">
      <button class="main" disabled=${closed} onClick=${act("test-request", { id: `PAGE${Date.now()}` }, "Asked.")}>Test request</button>
      <button disabled=${closed} onClick=${act("logout", told, "Logout sent.")}>Log out</button>
      <button disabled=${closed} onClick=${act("disconnect", undefined, "Disconnected.")}>Disconnect</button>
      <button disabled=${closed} onClick=${act("reset", undefined, "Both numbers are 1.")}>Reset</button>
      ${refused
        ? html`<button disabled=${closed} onClick=${act("accept-logons", undefined, "Logons are accepted.")}>Accept logons</button>`
        : html`<button disabled=${closed} onClick=${act("refuse-logons", told, "No more logons.")}>Refuse logons</button>`}
    </div>
    <label>Text of a logout or a refusal
      <input value=${text} maxlength="200" autocomplete="off" onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
    </label>
    <${Outcome} said=${said} />
  </section>`;
}

/** @param {{session: any, again: () => void}} properties */
function Numbers({ session, again }) {
  const [next, setNext] = useState({ next_in: "", next_out: "" });
  const { said, run } = useDeed();
  const given = Object.entries(next).filter(([, value]) => value.trim());
  /** @param {Event} event */
  const set = async (event) => {
    event.preventDefault();
    const body = Object.fromEntries(given.map(([name, value]) => [name, Number(value)]));
    const done = await run(() => send("PUT", path`/sessions/${session.called}/sequence`, body), "Set.");
    if (done) setNext({ next_in: "", next_out: "" });
    again();
  };
  /** @param {"next_in" | "next_out"} name @param {string} label */
  const field = (name, label) => html`<label>${label}
    <input
      inputmode="numeric"
      autocomplete="off"
      placeholder=${session[name]}
      value=${next[name]}
      onInput=${(/** @type {any} */ event) => setNext({ ...next, [name]: event.target.value })}
    /></label>`;
  return html`<form class="line" onSubmit=${set} aria-label="Sequence numbers">
    ${field("next_in", "Expected next")} ${field("next_out", "Sent next")}
    <button disabled=${!may("admin") || !given.length || said.busy}>Set numbers</button>
    <${Outcome} said=${said} />
  </form>`;
}

/** @param {{session: any}} properties */
function Sender({ session }) {
  const [text, setText] = useState("");
  const [form, setForm] = useState("fields");
  const { said, run } = useDeed();
  const example =
    form === "fields" ? "35=B|148=Headline|33=1|58=Text" : "8=FIX.4.4|9=5|35=0|10=161|";
  /** @param {Event} event */
  const go = (event) => {
    event.preventDefault();
    run(
      async () =>
        send("POST", path`/sessions/${session.called}/messages`, {
          [form]: form === "fields" ? fieldsOf(text) : rawOf(text),
        }),
      (sent) => (sent.sent ? "Sent." : "Kept: nobody is logged on, who asks for it gets it."),
    );
  };
  return html`<form onSubmit=${go} class="stack" aria-label="Send a message">
    <div class="bar tight">
      <label class="check"><input type="radio" name="form" checked=${form === "fields"} onChange=${() => setForm("fields")} /> Fields</label>
      <label class="check"><input type="radio" name="form" checked=${form === "raw"} onChange=${() => setForm("raw")} /> Bytes as they are</label>
      <span class="dim">| is SOH</span>
    </div>
    <textarea
      class="mono"
      rows="2"
      aria-label="Message"
      spellcheck=${false}
      placeholder=${example}
      value=${text}
      onInput=${(/** @type {any} */ event) => setText(event.target.value)}
    ></textarea>
    <div class="bar tight">
      <button disabled=${!may("admin") || !text.trim() || said.busy}>Send</button>
      <${Outcome} said=${said} />
    </div>
  </form>`;
}

/** @param {{session: any}} properties */
function History({ session }) {
  const name = session.called;
  const happened = useSignal(count("session"));
  const asked = { filter: "sender_comp_id" in session.identity ? LOGONS : LOGINS, order: "newest", limit: 12 };
  const { value } = usePolled(() => get(path`/sessions/${name}/messages`, asked), 5 * SECOND, [name, happened]);
  return html`<section aria-labelledby="history">
    <h3 id="history">Logons and logouts</h3>
    <ol class="lines">
      ${value?.items.map(
        (/** @type {any} */ one) => html`<li key=${one.seq}>
          <a class="mono dim" href=${to("messages", [String(one.seq), one.venue])}>${whole(one.time).slice(0, 23)}</a>
          <span class="way">${one.direction === "in" ? "→" : "←"}</span>
          <span><strong>${one.name || one.type}</strong> ${one.fields.find((/** @type {any} */ field) => field.tag === "58")?.value}</span>
        </li>`,
      )}
    </ol>
    ${value && !value.items.length && html`<p class="dim">None that is remembered.</p>`}
  </section>`;
}

/** @param {{session: any}} properties */
function Facts({ session }) {
  const trip = session.round_trip;
  /** @type {[string, unknown][]} */
  const facts = [
    ["Venue", `${session.venue}, ${session.endpoint}`],
    ["From", session.peer || "–"],
    ["Numbers", `in ${session.next_in}, out ${session.next_out}`],
    ["Round trip", trip ? `${took(trip)}, at ${clock(trip.time)}` : "not measured: send a test request"],
    ["Queued", `${session.queued} bytes`],
    ["Identity", Object.entries(session.identity).map(([name, value]) => `${name} ${value}`).join(", ")],
    ["Policies", session.policies.join(", ") || "those of its venue"],
    ...(session.connect ? [/** @type {[string, unknown]} */ (["We connect to", session.connect])] : []),
    ...(session.refusal !== null ? [/** @type {[string, unknown]} */ (["Refused", session.refusal])] : []),
  ];
  return html`<dl class="facts">
    ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** @param {{session: any, again: () => void, onClose: () => void}} properties */
function Detail({ session, again, onClose }) {
  const leaving = useLeaving(onClose);
  const { name, called, venue, state } = session;
  return html`<aside class="detail" ref=${leaving} aria-label="Session">
    <header>
      <h2>${called}</h2>
      <span class=${`state ${state}`}>${state}</span>
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </header>
    <div class="view stack" tabindex="0" role="region" aria-label=${name}>
      <p class="links">
        <a href=${to("messages", [], { filter: `session=${quoted(name)}` })}>Its messages</a>
        <a href=${to("orders", [venue], { session: name })}>Its orders</a>
        <a href=${to("holds", [], { session: name })}>Its holds</a>
      </p>
      <${Actions} key=${called} session=${session} again=${again} />
      <${Facts} session=${session} />
      <${Numbers} key=${`numbers ${called}`} session=${session} again=${again} />
      <${Sender} key=${`send ${called}`} session=${session} />
      <${History} key=${called} session=${session} />
    </div>
  </aside>`;
}

export function Page() {
  const { parts, query } = useSignal(route);
  const happened = useSignal(count("session"));
  const { value, trouble, again } = usePolled(() => listNamed("/sessions"), SECOND, []);
  useEffect(again, [happened]);
  const wanted = query.get("only") ?? "";
  const all = [...(value ?? [])].sort(
    (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || (one.name < other.name ? -1 : 1),
  );
  const rows = all.filter((one) => one.name.toLowerCase().includes(wanted.toLowerCase()));
  const chosen = all.find((one) => one.called === parts[0])
    ?? all.find((one) => one.name === parts[0] && one.venue === query.get("venue"));
  /** @param {string} name @param {string} only */
  const go = (name, only) => note(to("sessions", name ? [name] : [], { only }));
  const active = all.filter((one) => one.state === "active").length;
  return html`<h1 class="hidden">Sessions</h1>
    <div class="bar">
      <input
        type="search"
        aria-label="Only sessions whose name has"
        placeholder="Name"
        value=${wanted}
        onInput=${(/** @type {any} */ event) => go(parts[0] ?? "", event.target.value)}
      />
      <span class="dim">${active} of ${all.length} are logged on</span>
      ${trouble && html`<span class="trouble">${trouble}</span>`}
    </div>
    <div class=${chosen ? "split open" : "split"}>
      <div class="left">
        <${VirtualTable}
          label="Sessions"
          columns=${COLUMNS}
          count=${rows.length}
          row=${(/** @type {number} */ index) => rows[index]}
          keyOf=${(/** @type {any} */ one) => one.called}
          chosen=${chosen?.called ?? null}
          onChoose=${(/** @type {any} */ one) => go(one.called, wanted)}
          empty=${wanted ? "No session has this in its name." : "Nobody has logged on yet."}
        />
        <${Proxies} />
      </div>
      ${chosen && html`<${Detail} session=${chosen} again=${again} onClose=${() => go("", wanted)} />`}
    </div>`;
}
