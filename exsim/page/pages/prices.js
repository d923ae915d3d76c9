// @ts-check
/** Prices and bots: what instruments are worth and who says so; set, step, ramp, start, stop, change. */
import { get, list, may, path, picture, send, words } from "../api.js";
import { Chart } from "../parts/chart.js";
import { Choice } from "../parts/choice.js";
import { drawn } from "../parts/decimal.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { Settings, settingsOf } from "../parts/settings.js";
import { VirtualTable } from "../parts/table.js";
import { clock } from "../parts/times.js";
import { usePolled } from "../poll.js";
import { note, route, to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { Bots } from "./bots.js";
import { comesFromOutside, FeedForm, FeedState } from "./price-feed.js";
import { Plan, Schedule } from "./price-plans.js";

const STEPS = ["-5", "-1", "-0.1", "0.1", "1", "5"];
const SECOND = 1000;
/** Changes that the small picture of an instrument has. */
const WAY = 60;

/** The way its price went. @param {{one: any}} properties */
function Way({ one }) {
  const { value } = usePolled(
    async () => (one.source === null ? null : get(path`/prices/${one.symbol}/history`, { venue: one.venue })),
    5 * SECOND,
    [one.venue, one.symbol, one.source],
  );
  const prices = (value?.changes ?? [])
    .filter((/** @type {any} */ change) => change.price !== null)
    .slice(-WAY)
    .map((/** @type {any} */ change) => drawn(change.price));
  if (prices.length < 2) return null;
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const points = prices.map(
    (/** @type {number} */ price, /** @type {number} */ index) =>
      `${(100 * index) / (prices.length - 1)},${high === low ? 9 : 16 - (14 * (price - low)) / (high - low)}`,
  );
  return html`<svg class="way" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true"><polyline points=${points.join(" ")} /></svg>`;
}

const COLUMNS = [
  { name: "Instrument", width: "minmax(7em, 1fr)", show: (/** @type {any} */ one) => html`<strong>${one.symbol}</strong>` },
  { name: "Price", width: "7em", kind: "number", show: (/** @type {any} */ one) => one.price ?? "–" },
  { name: "History", width: "minmax(6em, 1.4fr)", show: (/** @type {any} */ one) => html`<${Way} key=${one.symbol} one=${one} />` },
  { name: "Source", width: "minmax(6em, 1fr)", show: (/** @type {any} */ one) => one.source ?? html`<span class="dim">none</span>` },
  { name: "Since", width: "8em", kind: "dim", show: (/** @type {any} */ one) => clock(one.since) },
];

/** @param {{venue: string, one: any, again: () => void}} properties */
function Moves({ venue, one, again }) {
  const [given, give] = useState({ price: "", by: "", to: "", within: "1m" });
  const { said, run } = useDeed();
  const closed = !may("trade") || said.busy;
  const where = path`/prices/${one.symbol}`;
  /** @param {() => Promise<any>} work @param {string} done */
  const act = async (work, done) => {
    await run(work, done);
    again();
  };
  /** @param {object} body */
  const step = (body) => act(() => send("POST", `${where}/step`, body, { venue }), "Moved.");
  /** @param {(event: Event) => void} work */
  const on = (work) => (/** @type {Event} */ event) => {
    event.preventDefault();
    work(event);
  };
  const set = () => act(() => send("PUT", where, { price: given.price.trim() }, { venue }), "Set.");
  const by = () => {
    const text = given.by.trim();
    step(text.endsWith("%") ? { percent: text.slice(0, -1).trim() } : { by: text });
  };
  const ramp = () =>
    act(
      () => send("POST", `${where}/ramp`, { price: given.to.trim(), within: given.within.trim() }, { venue }),
      "On its way.",
    );
  /** @param {keyof typeof given} name @param {string} label @param {string} example */
  const field = (name, label, example) => html`<label>${label}
    <input
      autocomplete="off"
      placeholder=${example}
      value=${given[name]}
      onInput=${(/** @type {any} */ event) => give({ ...given, [name]: event.target.value })}
    /></label>`;
  return html`<div class="moves">
    <div class="bar tight">
      ${STEPS.map(
        (percent) => html`<button key=${percent} disabled=${closed} onClick=${() => step({ percent })}>
          ${percent.startsWith("-") ? `−${percent.slice(1)}` : `+${percent}`} %
        </button>`,
      )}
    </div>
    <form class="line" onSubmit=${on(set)}>
      ${field("price", "Price", one.price ?? "100")} <button disabled=${closed || !given.price.trim()}>Set</button>
    </form>
    <form class="line" onSubmit=${on(by)}>
      ${field("by", "By", "-0.05 or 2%")} <button disabled=${closed || !given.by.trim()}>Step</button>
    </form>
    <form class="line" onSubmit=${on(ramp)}>
      ${field("to", "To", one.price ?? "100")} ${field("within", "Within", "1m")}
      <button disabled=${closed || !given.to.trim() || !given.within.trim()}>Ramp</button>
    </form>
    <div class="bar tight">
      <button disabled=${closed} onClick=${() => act(() => send("DELETE", where, undefined, { venue }), "What was set is forgotten.")}>
        Forget what was set
      </button>
      <${Outcome} said=${said} />
    </div>
  </div>`;
}

/** @param {{venue: string, source: string, symbol: string}} properties */
function Facts({ venue, source, symbol }) {
  const { value, trouble } = usePolled(
    () => get(path`/venues/${venue}/pricing/${source}/facts`, { symbol }),
    10 * SECOND,
    [venue, source, symbol],
  );
  if (trouble) return html`<p class="trouble pad" role="status">${trouble}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Stylised facts">
    <table>
      <thead><tr><th>Fact</th><th class="number">Here</th><th class="number">Seen</th><th>Real markets</th></tr></thead>
      <tbody>
        ${value?.facts.map(
          (/** @type {any} */ fact) => html`<tr key=${fact.name}>
            <td>${fact.title}</td>
            <td class="number">${fact.value === null ? "–" : fact.value.toPrecision(3)}</td>
            <td class="number dim">${fact.seen} ${fact.of}</td>
            <td class="dim reference" title=${fact.source}>${fact.reference}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {{venue: string, source: string, symbol: string}} properties */
function Picture({ venue, source, symbol }) {
  const [shown, show] = useState({ address: "", trouble: "" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let address = "";
    let wanted = true;
    picture(path`/venues/${venue}/pricing/${source}/plot`, { symbol }).then(
      (made) => {
        address = made;
        if (wanted) show({ address, trouble: "" });
        else URL.revokeObjectURL(made);
      },
      (error) => wanted && show({ address: "", trouble: words(error) }),
    );
    return () => {
      wanted = false;
      if (address) URL.revokeObjectURL(address);
    };
  }, [venue, source, symbol, turn]);
  return html`<div class="pad stack">
    <div class="bar tight"><button onClick=${() => setTurn(turn + 1)}>Draw anew</button></div>
    ${!shown.trouble && !shown.address && html`<p class="dim" role="status">It is being drawn …</p>`}
    ${shown.trouble && html`<p class="trouble" role="status">${shown.trouble}</p>`}
    ${shown.address && html`<img class="plot" src=${shown.address} alt=${`Price, spread, depth, volume and volatility of ${symbol}`} />`}
  </div>`;
}

/** @param {{venue: string, one: any, again: () => void}} properties */
function Instrument({ venue, one, again }) {
  const [view, setView] = useState("");
  const { value, trouble } = usePolled(
    () => get(path`/prices/${one.symbol}/history`, { venue }),
    2 * SECOND,
    [venue, one.symbol],
  );
  const points = (value?.changes ?? [])
    .filter((/** @type {any} */ change) => change.price !== null)
    .map((/** @type {any} */ change) => ({ time: change.time, price: change.price, quantity: "0" }))
    .reverse();
  const prices = points.map((/** @type {any} */ point) => drawn(point.price));
  const more = one.source === null ? [] : ["At times", "Picture", "Facts"];
  return html`<section class="panel" aria-labelledby="instrument">
    <h2 id="instrument">
      <span>${one.symbol} <span class="big">${one.price ?? "no price"}</span></span>
      <a href=${to("ladder", [venue, one.symbol])}>Ladder</a>
    </h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    ${points.length > 1
      ? html`<${Chart} points=${points} label=${`${one.symbol}: ${prices.length} changes, from ${Math.min(...prices)} to ${Math.max(...prices)}`} />`
      : html`<p class="empty">Its price did not move yet.</p>`}
    <${Moves} venue=${venue} one=${one} again=${again} />
    <div class="bar tight pad">
      ${more.map(
        (name) => html`<button key=${name} aria-pressed=${view === name} onClick=${() => setView(view === name ? "" : name)}>
          ${name === "Facts" ? "Stylised facts" : name}
        </button>`,
      )}
    </div>
    ${view === "At times" && html`<${Schedule} venue=${venue} one=${one} again=${again} />`}
    ${view === "Facts" && html`<${Facts} venue=${venue} source=${one.source} symbol=${one.symbol} />`}
    ${view === "Picture" && html`<${Picture} venue=${venue} source=${one.source} symbol=${one.symbol} />`}
  </section>`;
}

/** @param {{source: any, again: () => void}} properties */
function Source({ source, again }) {
  const [open, setOpen] = useState("");
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy;
  const where = path`/venues/${source.venue}/pricing/${source.name}`;
  const turn = async () => {
    await run(() => send("POST", `${where}/${source.running ? "stop" : "start"}`), "");
    again();
  };
  const outside = comesFromOutside(source);
  const forms = ["Parameters", ...(outside ? ["Feed"] : []), ...("plan" in source.parameters && !source.relation ? ["Plan"] : [])];
  /** @param {Record<string, string>} parameters */
  const change = async (parameters) => {
    const told = await send("PATCH", where, { parameters });
    again();
    return told;
  };
  const [state, word] = source.running ? ["active", "runs"] : source.trouble ? ["failed", "failed"] : ["offline", "stands"];
  return html`<tbody>
    <tr>
      <td><strong>${source.name}</strong> <span class="dim">${source.source}</span></td>
      <td><span class=${`state ${state}`}>${word}</span></td>
      <td class="dim mono later">${clock(source.due)}</td>
      <td class="actions">
        <button disabled=${closed} onClick=${turn}>${source.running ? "Stop" : "Start"}</button>
      </td>
    </tr>
    <tr class="under">
      <td colspan="4">
        ${source.trouble && html`<p class="trouble">${source.trouble}</p>`}
        ${outside && html`<${FeedState} source=${source} />`}
        ${source.relation && html`<p class="dim">${source.relation}</p>`}
        <${Outcome} said=${said} />
        <p class="dim">${source.symbols.join(" ") || "no instruments"}</p>
        <div class="bar tight">
          ${forms.map((form) => html`<button
            key=${form}
            aria-expanded=${String(open === form)}
            aria-label=${`${form} of ${source.name}`}
            onClick=${() => setOpen(open === form ? "" : form)}
          >${form}</button>`)}
        </div>
        ${open === "Feed" && html`<${FeedForm} source=${source} again=${again} />`}
        ${open === "Plan" && html`<${Plan} name=${source.name} plan=${source.parameters.plan} save=${change} />`}
        ${open === "Parameters" &&
        html`<${Settings}
          label=${`Parameters of ${source.name}`}
          settings=${settingsOf(source.parameters)}
          disabled=${closed}
          button="Change"
          save=${change}
          done="So it is from its next step on."
        />`}
      </td>
    </tr>
  </tbody>`;
}

/** @param {{venue: string}} properties */
function Sources({ venue }) {
  const { value, trouble, again } = usePolled(() => list(path`/venues/${venue}/pricing`), SECOND, [venue]);
  return html`<section class="panel" aria-labelledby="sources">
    <h2 id="sources">Sources <span class="dim">in the order of asking</span></h2>
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-labelledby="sources">
      <table>
        <thead><tr><th>Source</th><th>State</th><th class="later">Moves next</th><th></th></tr></thead>
        ${value?.map((source) => html`<${Source} key=${source.name} source=${source} again=${again} />`)}
      </table>
    </div>
    ${value && !value.length && html`<p class="empty">This venue has no pricing source.</p>`}
  </section>`;
}

/** @param {{venue: string, symbol: string}} properties */
function Venue({ venue, symbol }) {
  const { value, trouble, again } = usePolled(() => list("/prices", { venue }), SECOND, [venue]);
  const rows = value ?? [];
  const chosen = rows.find((one) => one.symbol === symbol) ?? rows.find((one) => one.source !== null) ?? rows[0];
  return html`${trouble && html`<p class="trouble">${trouble}</p>`}
    <div class="columns">
      <div class="column">
        <${VirtualTable}
          label="Prices"
          columns=${COLUMNS}
          count=${rows.length}
          row=${(/** @type {number} */ index) => rows[index]}
          keyOf=${(/** @type {any} */ one) => one.symbol}
          chosen=${chosen?.symbol ?? null}
          onChoose=${(/** @type {any} */ one) => note(to("prices", [venue, one.symbol]))}
          empty="This venue has no instruments."
        />
        ${chosen && html`<${Instrument} key=${chosen.symbol} venue=${venue} one=${chosen} again=${again} />`}
      </div>
      <div class="column">
        <${Sources} venue=${venue} />
        <${Bots} venue=${venue} />
      </div>
    </div>`;
}

export function Page() {
  const { parts } = useSignal(route);
  const { value, trouble } = usePolled(() => list("/venues"), 5 * SECOND, []);
  const names = value?.map((venue) => venue.name) ?? [];
  const venue = names.includes(parts[0]) ? parts[0] : names[0];
  return html`<h1 class="hidden">Prices and bots</h1>
    ${(names.length > 1 || trouble) &&
    html`<div class="bar">
      <${Choice} label="Venue" value=${venue} options=${names} onChoose=${(/** @type {string} */ name) => note(to("prices", [name]))} />
      ${trouble && html`<span class="trouble">${trouble}</span>`}
    </div>`}
    ${venue && html`<${Venue} key=${venue} venue=${venue} symbol=${parts[1] ?? ""} />`}`;
}
