// @ts-check
/** The messages as they come: found by the filter language of REST, and each of them in full. */
import { words } from "../api.js";
import { Log, messageOf } from "../log.js";
import { copy, curlOf, filterOf, mayRule, newRule, ruleOf, verifyOf } from "../parts/copying.js";
import { FilterBox } from "../parts/filter.js";
import { useLeaving } from "../parts/leaving.js";
import { Menu } from "../parts/menu.js";
import { bytesOf } from "../parts/message.js";
import { VirtualTable } from "../parts/table.js";
import { whole } from "../parts/times.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useMemo, useRef, useState } from "../vendor/preact-htm.js";

/** @typedef {import("../log.js").LogRow} LogRow */
/** @typedef {import("../parts/message.js").Message} Message */

/** @type {import("../parts/table.js").Column<LogRow>[]} */
const COLUMNS = [
  { name: "#", width: "5.5em", kind: "number dim", show: (row) => row.seq || "" },
  { name: "Time", width: "8.2em", kind: "mono dim", show: (row) => row.clock },
  { name: "Session", width: "minmax(6em, 10em)", kind: "text", show: (row) => row.session },
  {
    name: "",
    width: "1.2em",
    show: (row) => (row.mark ? "" : row.direction === "in" ? "→" : "←"),
    kind: "way",
  },
  { name: "Type", width: "minmax(8em, 12em)", kind: "text type", show: (row) => row.name || row.type },
  { name: "Says", width: "minmax(10em, 1fr)", kind: "text", show: (row) => row.line },
];

/** @param {{message: Message}} properties */
function Decoded({ message }) {
  return html`<table class="fields">
    <thead><tr><th class="number">Tag</th><th>Field</th><th>Value</th><th>Means</th></tr></thead>
    <tbody>
      ${message.fields.map(
        (field, index) => html`<tr key=${index}>
          <td class="number dim">${field.tag}</td>
          <td>${field.name}</td>
          <td class="mono wrap">${field.value}</td>
          <td>${field.meaning}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param {{message: Message}} properties */
function Raw({ message }) {
  const bytes = bytesOf(message.raw);
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.slice(at, at + 16)];
    const hex = part.map((one) => one.toString(16).padStart(2, "0")).join(" ");
    const text = part.map((one) => (one > 31 && one < 127 ? String.fromCharCode(one) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return html`<pre class="wrap">${message.text}</pre>
    <p class="dim">${bytes.length} bytes</p>
    <pre tabindex="0" role="region" aria-label="Bytes">${lines.join("\n")}</pre>`;
}

/** @param {{message: Message}} properties */
function Json({ message }) {
  return html`<pre class="wrap">${JSON.stringify(message, null, 2)}</pre>`;
}

const VIEWS = /** @type {const} */ ({ Decoded, Raw, JSON: Json });

/** @param {{message: Message}} properties what it was sent for, and what came of it */
function Causes({ message }) {
  const { cause, caused } = message;
  if (cause === null && !caused) return null;
  /** @param {number} seq */
  const link = (seq) => html`<a href=${to("messages", [String(seq), message.venue])}>#${seq}</a> `;
  return html`<p class="causes">
    ${cause !== null && html`Sent for ${link(cause)}`}
    ${caused?.sent.length ? html`Answered by ${caused.sent.map(link)}` : ""}
    ${caused?.rules.map((rule) => html`<span class="tag">rule ${rule}</span>`)}
    ${caused?.faults.map((fault) => html`<span class="tag">fault ${fault}</span>`)}
    ${caused?.orders.map(
      (order) => html`<a class="tag" href=${to("orders", [message.venue, order])}>order ${order}</a>`,
    )}
  </p>`;
}

/** @param {{seq: number, venue: string, onClose: () => void}} properties */
function Detail({ seq, venue, onClose }) {
  const leaving = useLeaving(onClose);
  const [found, setFound] = useState({ message: /** @type {Message | null} */ (null), trouble: "" });
  const [view, setView] = useState(/** @type {keyof typeof VIEWS} */ ("Decoded"));
  useEffect(() => {
    let wanted = true;
    messageOf(seq, venue).then(
      (message) =>
        wanted && setFound({ message, trouble: message ? "" : `#${seq} is not there any more.` }),
      (error) => wanted && setFound({ message: null, trouble: words(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [seq, venue]);
  const { message, trouble } = found;
  // Until it is there the one before is shown, of which nothing must be copied by mistake.
  const there = message?.seq === seq;
  const View = VIEWS[view];
  /** @param {Message} one */
  const choices = (one) => [
    { label: "as filter", act: () => copy(filterOf(one), "the filter") },
    { label: "make a rule of it", disabled: !mayRule(one), act: () => (location.hash = to("rules", [], newRule(one))) },
    { label: "as rule", disabled: !mayRule(one), act: () => copy(ruleOf(one), "a rule") },
    { label: "as verify", act: () => copy(verifyOf(one), "an expectation") },
    { label: "as curl", act: () => copy(curlOf(one), "a command") },
  ];
  return html`<aside class="detail" ref=${leaving} aria-label="Message">
    <header>
      <h2>${message ? message.name || message.type : `#${seq}`}</h2>
      ${message && there && html`<${Menu} label="Copy" choices=${choices(message)} />`}
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </header>
    ${trouble && html`<p class="trouble">${trouble}</p>`}
    ${message &&
    html`<p class="dim">
        #${message.seq} ${whole(message.time)} ${message.session}
        ${message.direction === "in" ? " → " : " ← "}${message.venue}
      </p>
      <${Causes} message=${message} />
      <div class="tabs" role="tablist" aria-label="How it is shown">
        ${Object.keys(VIEWS).map(
          (name) => html`<button
            role="tab"
            key=${name}
            aria-selected=${String(name === view)}
            onClick=${() => setView(/** @type {any} */ (name))}
          >
            ${name}
          </button>`,
        )}
      </div>
      <div class="view" role="tabpanel" tabindex="0" aria-label=${view}><${View} message=${message} /></div>`}
  </aside>`;
}

export function Page() {
  const { parts, query } = useSignal(route);
  const filter = query.get("filter") ?? "";
  const log = useMemo(() => new Log(filter), [filter]);
  useEffect(() => () => log.close(), [log]);
  useSignal(log.changed);
  const [tail, setTail] = useState(true);
  const seq = Number(parts[0]) || 0;
  const venue = parts[1] ?? "";
  const chosen = useRef(/** @type {LogRow | null} */ (null));

  /** @param {number} number @param {string} text @param {string} [at] the venue */
  const go = (number, text, at = venue) =>
    note(to("messages", number ? [String(number), at].filter(Boolean) : [], { filter: text }));
  /** @param {LogRow} row */
  const choose = (row) => {
    if (row.mark) return;
    chosen.current = row;
    go(row.seq, filter, row.venue);
  };
  const { current } = chosen;
  const at = seq && current?.seq === seq && (!venue || current.venue === venue) ? current.at : null;
  const { rows } = log;
  return html`<h1 class="hidden">Messages</h1>
    <div class="bar">
      <${FilterBox}
        value=${filter}
        trouble=${log.trouble}
        label="Filter messages"
        placeholder="type=D symbol=AAA qty>=500 not exec=fill"
        onFilter=${(/** @type {string} */ text) => go(seq, text)}
      />
      <label class="check"
        ><input type="checkbox" checked=${tail} onChange=${() => setTail(!tail)} /> Follow</label
      >
      <span class="dim count" data-count=${rows.length}
        >${rows.length} rows${log.older !== null ? ", older ones above" : ""}${log.loading ? " …" : ""}</span
      >
    </div>
    <div class=${seq ? "split open" : "split"}>
      <${VirtualTable}
        label="Messages"
        columns=${COLUMNS}
        count=${rows.length}
        row=${(/** @type {number} */ index) => rows[index]}
        keyOf=${(/** @type {LogRow} */ row) => row.at}
        kindOf=${(/** @type {LogRow} */ row) => (row.mark ? "mark" : row.direction)}
        chosen=${at}
        onChoose=${choose}
        tail=${tail}
        onTail=${setTail}
        onTop=${() => log.more()}
        shifted=${log.shifted}
        empty=${filter ? "No message fits this filter." : "No message yet."}
      />
      ${seq
        ? html`<${Detail} seq=${seq} venue=${venue} onClose=${() => go(0, filter)} />`
        : ""}
    </div>`;
}
