// @ts-check
/** Messages that proxies hold: let go as they are, with other fields or bytes, or never. */
import { list, listNamed, may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { EditFields, useEdits } from "../parts/edits.js";
import { rawOf } from "../parts/fields.js";
import { useLeaving } from "../parts/leaving.js";
import { clock } from "../parts/times.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { html, useState } from "../vendor/preact-htm.js";

const SECOND = 1000;
const WAY = { in: "→ to the acceptor", out: "← to the client" };

/** @typedef {import("../parts/message.js").Field} Field */
/** @typedef {{proxy: string, held: string, link: string, session: string, direction: "in" | "out",
 *   time: string, type: string, name: string, fields: Field[]}} Held */

/** @returns {Promise<{proxies: number, messages: Held[]}>} */
async function held() {
  const proxies = await listNamed("/proxies");
  const found = await Promise.all(
    proxies
      .filter((proxy) => proxy.held)
      .map(async ({ called }) =>
        (await list(path`/proxies/${called}/held`)).map((one) => ({ ...one, proxy: called }))),
  );
  return { proxies: proxies.length, messages: found.flat() };
}

/** How many proxies there are, and what they hold. */
export function useHeld() {
  const { value, trouble, again } = usePolled(held, SECOND, []);
  return { known: value !== null, proxies: value?.proxies ?? 0, messages: value?.messages ?? [], trouble, again };
}

/** The part of the address of a message. @param {Held} one */
export const partsOf = (one) => ["proxy", one.proxy, one.held];

/** @param {Held} one @param {"release" | "drop"} verb @param {object} [body] */
function decide(one, verb, body) {
  const given = verb === "release" ? (body ?? {}) : undefined;
  return send("POST", `${path`/proxies/${one.proxy}/held/${one.held}`}/${verb}`, given);
}

/** @param {{one: Held, again: () => void}} properties */
function Row({ one, again }) {
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  /** @param {"release" | "drop"} verb */
  const act = async (verb) => {
    await run(() => decide(one, verb), "");
    again();
  };
  const what = `${one.held} of ${one.proxy}`;
  return html`<tr>
    <td><a href=${to("holds", partsOf(one))}>${one.name || one.type || "bytes"}</a> <${Outcome} said=${said} /></td>
    <td>${one.proxy}</td>
    <td class="later">${one.session || "–"}</td>
    <td class="dim later">${WAY[one.direction]}</td>
    <td class="mono dim later">${clock(one.time)}</td>
    <td class="actions">
      <button disabled=${closed} aria-label=${`Release ${what}`} onClick=${() => act("release")}>Release</button>
      <button disabled=${closed} aria-label=${`Drop ${what}`} onClick=${() => act("drop")}>Drop</button>
    </td>
  </tr>`;
}

/** @param {{held: ReturnType<typeof useHeld>}} properties */
export function HeldByProxies({ held: { proxies, messages, trouble, again } }) {
  if (!proxies && !trouble) return null;
  return html`<section class="panel" aria-labelledby="proxied">
    <h2 id="proxied">Held by proxies <span class="dim">${messages.length} ${messages.length === 1 ? "waits" : "wait"}</span></h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    ${messages.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-labelledby="proxied">
          <table>
            <thead><tr><th>Message</th><th>Proxy</th><th class="later">Session</th><th class="later">Goes</th><th class="later">Since</th><th></th></tr></thead>
            <tbody>${messages.map((one) => html`<${Row} key=${`${one.proxy}/${one.held}`} one=${one} again=${again} />`)}</tbody>
          </table>
        </div>`
      : html`<p class="empty">Nothing. A <a href=${to("faults", ["hold"])}>fault of kind hold</a> has messages wait.</p>`}
  </section>`;
}

/** @param {{one: Held, onDone: () => void, onClose: () => void}} properties */
export function HeldDetail({ one, onDone, onClose }) {
  const leaving = useLeaving(onClose);
  const edits = useEdits();
  const [bytes, setBytes] = useState("");
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  /** @param {"release" | "drop"} verb @param {() => object} [body] */
  const act = async (verb, body) => {
    if (await run(async () => decide(one, verb, body?.()), "")) onDone();
  };
  /** @param {() => void} work */
  const on = (work) => (/** @type {Event} */ event) => {
    event.preventDefault();
    work();
  };
  const changed = () => ({ fields: edits.changes.map(([tag, value]) => `${tag}=${value}`).join("|") });
  return html`<aside class="detail" ref=${leaving} aria-label="Held by a proxy">
    <header>
      <h2>${one.proxy} holds ${one.name || one.type || "bytes"}</h2>
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </header>
    <div class="view stack" tabindex="0" role="region" aria-label=${`Message ${one.held} of ${one.proxy}`}>
      <p class="dim">${WAY[one.direction]}, link ${one.link}, ${one.session || "before its session has a name"}, since ${clock(one.time)}</p>
      <div class="bar tight">
        <button class="main" disabled=${closed} onClick=${() => act("release")}>Release</button>
        <button disabled=${closed} onClick=${() => act("drop")}>Drop</button>
        <${Outcome} said=${said} />
      </div>
      ${one.fields.length > 0 &&
      html`<form class="stack hold-fields" aria-label="Fields" onSubmit=${on(() => edits.changes.length && act("release", changed))}>
        <div class="bar tight"><button disabled=${closed || !edits.changes.length}>Change and release</button></div>
        <${EditFields} fields=${one.fields} edits=${edits} />
      </form>`}
      <form class="stack" aria-label="Bytes in its place" onSubmit=${on(() => bytes && act("release", () => ({ raw: rawOf(bytes) })))}>
        <label>Bytes in its place, with | for SOH
          <textarea class="mono" rows="3" spellcheck=${false} placeholder="8=FIX.4.4|9=5|35=0|10=161|" value=${bytes} onInput=${(/** @type {any} */ event) => setBytes(event.target.value)}></textarea>
        </label>
        <div class="bar tight"><button disabled=${closed || !bytes}>Release these bytes</button></div>
      </form>
    </div>
  </aside>`;
}
