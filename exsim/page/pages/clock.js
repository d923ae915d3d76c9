// @ts-check
/** The clock of each venue and its day: pause it, have it go faster, let time pass; phases by hand. */
import { get, list, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Choice } from "../parts/choice.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { lasting, nanoseconds } from "../parts/timeline.js";
import { clock as shown, moment, whole } from "../parts/times.js";
import { useTaken } from "../parts/verbs.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";

const SECOND = 1000;
const STEPS = ["1s", "1m", "5m", "1h"];
const SCALES = ["10", "60", "1000"];
/** How many instruments are shown at once. */
const MOST = 200;

/** @param {any} now the clock */
const told = (now) => `It is ${whole(now.time)}.`;

async function venues() {
  const found = await list("/venues");
  return Promise.all(
    found.map(async (venue) => ({ ...venue, clock: await get(path`/venues/${venue.name}/clock`) })),
  );
}

/** @param {string} phase */
const phaseName = (phase) => phase.replaceAll("-", " ");

/** @param {{venue: any, again: () => void}} properties */
function Clock({ venue, again }) {
  const { name, clock } = venue;
  const { said, run } = useDeed();
  const [scale, setScale] = useState("");
  const [target, setTarget] = useState("");
  const [by, setBy] = useState("");
  const closed = !may("admin") || said.busy;
  const real = clock.mode === "real";
  /** @param {() => Promise<any>} work @param {(result: any) => string} [done] */
  const act = (work, done = told) => async () => {
    await run(work, done);
    again();
  };
  /** @param {object} body */
  const mode = (body) => act(() => send("PUT", path`/venues/${name}/clock`, body));
  /** A real clock is paused before its time is moved. @param {object} body */
  const advance = (body) =>
    act(async () => {
      if (real) await send("PUT", path`/venues/${name}/clock`, { mode: "manual" });
      return send("POST", path`/venues/${name}/clock/advance`, body);
    });
  /** @param {() => any} go */
  const submit = (go) => (/** @type {Event} */ event) => {
    event.preventDefault();
    go();
  };
  const due = clock.next_due;
  const left = due ? nanoseconds(due) - nanoseconds(clock.time) : 0n;
  return html`<div class="clock">
    <div class="face">
      <strong class="mono">${shown(clock.time)}</strong>
      <span class="dim">${clock.time.slice(0, 10)} UTC</span>
      <span class="tag">${clock.mode}${clock.mode === "scaled" ? ` ×${clock.scale}` : ""}</span>
    </div>
    <div class="bar tight" role="group" aria-label=${`Mode of ${name}`}>
      <button aria-pressed=${String(clock.mode === "manual")} disabled=${closed} onClick=${mode({ mode: "manual" })}>Pause</button>
      <button aria-pressed=${String(real)} disabled=${closed} onClick=${mode({ mode: "real" })}>Real time</button>
      ${["1", ...SCALES].map((one) => html`<button
        key=${one}
        aria-pressed=${String(clock.mode === "scaled" && clock.scale === one)}
        disabled=${closed}
        onClick=${mode({ mode: "scaled", scale: one })}
      >×${one}</button>`)}
      <form class="line" onSubmit=${submit(mode({ mode: "scaled", scale }))}>
        <input inputmode="decimal" aria-label="Scale" placeholder="0.1 to 1000" value=${scale} onInput=${(/** @type {any} */ event) => setScale(event.target.value.trim())} />
        <button disabled=${closed || !scale}>Scale</button>
      </form>
    </div>
    <div class="bar tight" role="group" aria-label=${`Time of ${name}`}>
      ${STEPS.map((one) => html`<button key=${one} disabled=${closed} onClick=${advance({ by: one })}>+${one}</button>`)}
      <form class="line" onSubmit=${submit(advance({ by }))}>
        <input aria-label="By" placeholder="90s, 2h" value=${by} onInput=${(/** @type {any} */ event) => setBy(event.target.value.trim())} />
        <button disabled=${closed || !by}>Advance by</button>
      </form>
      <form class="line" onSubmit=${submit(advance({ to: moment(target, clock.time) }))}>
        <input class="wide" aria-label="To" placeholder="16:00 or 2026-01-05T16:00:00Z" value=${target} onInput=${(/** @type {any} */ event) => setTarget(event.target.value.trim())} />
        <button disabled=${closed || !target}>Advance to</button>
      </form>
      <button class="main" disabled=${closed || !due} onClick=${due && advance({ to: due })}>To what is due next</button>
      <span class="dim">${due ? `${shown(due)}, in ${lasting(left > 0n ? left : 0n)}` : "nothing is due"}</span>
    </div>
    ${real && html`<p class="dim">Letting time pass pauses a real clock first.</p>`}
    ${said.busy && html`<p class="dim passing" role="status">Time passes … An hour of a busy market takes a while, in which nothing else is answered.</p>`}
    <${Outcome} said=${said} />
  </div>`;
}

/** @param {{venue: any, advance?: (time: string) => void}} properties */
function Schedule({ venue }) {
  const { schedule, time } = venue.clock;
  if (!schedule.length) return html`<p class="empty">No timetable: phases change by hand.</p>`;
  const now = nanoseconds(time);
  const current = schedule.filter((/** @type {any} */ one) => nanoseconds(one.time) <= now).length - 1;
  return html`<ol class="schedule" aria-label=${`Schedule of ${venue.name}`}>
    ${schedule.map((/** @type {any} */ one, /** @type {number} */ index) => html`<li
      key=${one.time}
      class=${index < current ? "dim" : ""}
      aria-current=${index === current ? "time" : null}
    ><span class="mono">${one.time.slice(5, 10)} ${one.time.slice(11, 19)}</span> <span class=${`phase ${one.phase}`}>${phaseName(one.phase)}</span></li>`)}
  </ol>`;
}

/** @param {{venue: any, phases: string[], again: () => void}} properties */
function Phases({ venue, phases, again }) {
  const { name, phase } = venue;
  const happened = useSignal(count("phase"));
  const { value, again: anew } = usePolled(
    () => get(path`/venues/${name}/instruments`, { limit: MOST }), 2 * SECOND, [name]);
  useEffect(anew, [happened]);
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  /** @param {string} where @param {string} to */
  const set = async (where, to) => {
    await run(() => send("PUT", `${where}/phase`, { phase: to || null }), (one) => `${one.symbol ?? one.name}: ${phaseName(one.phase)}.`);
    again();
    anew();
  };
  /** @type {[string, string][]} */
  const options = phases.map((one) => [one, phaseName(one)]);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${`Phases of ${name}`}>
    <table>
      <thead><tr><th>Phase of</th><th>Now</th><th>Set</th><th><${Outcome} said=${said} /></th></tr></thead>
      <tbody>
        <tr>
          <td><strong>${name}</strong></td>
          <td><span class=${`phase ${phase}`}>${phaseName(phase)}</span></td>
          <td><${Choice} label=${`Phase of ${name}`} value=${phase} options=${options} disabled=${closed} onChoose=${(/** @type {string} */ to) => set(path`/venues/${name}`, to)} /></td>
          <td></td>
        </tr>
        ${value?.items.map((/** @type {any} */ one) => html`<tr key=${one.symbol}>
          <td><a href=${to("ladder", [name, one.symbol])}>${one.symbol}</a></td>
          <td><span class=${`phase ${one.phase}`}>${phaseName(one.phase)}</span>${one.own_phase ? html` <span class="dim">its own</span>` : ""}</td>
          <td>
            <${Choice}
              label=${`Phase of ${one.symbol}`}
              value=${one.own_phase ? one.phase : ""}
              options=${[["", `as ${name}`], ...options]}
              disabled=${closed}
              onChoose=${(/** @type {string} */ to) => set(path`/venues/${name}/instruments/${one.symbol}`, to)}
            />
          </td>
          <td>
            ${one.phase === "halt" && one.own_phase
              ? html`<button class="plain" disabled=${closed} onClick=${() => set(path`/venues/${name}/instruments/${one.symbol}`, "")}>Resume</button>`
              : html`<button class="plain" disabled=${closed} onClick=${() => set(path`/venues/${name}/instruments/${one.symbol}`, "halt")}>Halt</button>`}
          </td>
        </tr>`)}
      </tbody>
    </table>
    ${value?.next && html`<p class="empty">The first ${MOST} instruments.</p>`}
  </div>`;
}

export function Page() {
  const happened = useSignal(count("phase"));
  const { value, trouble, again } = usePolled(venues, SECOND / 2, []);
  useEffect(again, [happened]);
  const phases = useTaken("NewPhase")?.phase.enum ?? [];
  return html`<h1 class="hidden">Clock</h1>
    ${trouble && html`<p class="trouble">${trouble}</p>`}
    ${value?.map((venue) => html`<section class="panel" key=${venue.name} aria-labelledby=${`clock-${venue.name}`}>
      <h2 id=${`clock-${venue.name}`}>${venue.name} <span class=${`phase ${venue.phase}`}>${phaseName(venue.phase)}</span></h2>
      <${Clock} venue=${venue} again=${again} />
      <${Schedule} venue=${venue} />
      <${Phases} venue=${venue} phases=${phases} again=${again} />
    </section>`)}`;
}
