// @ts-check
/** Bots of a venue: what they do and have; start, stop and change, one or all. A part of Prices. */
import { get, list, may, path, send } from "../api.js";
import { Choice } from "../parts/choice.js";
import { grouped } from "../parts/decimal.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { Settings, settingsOf } from "../parts/settings.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { html, useState } from "../vendor/preact-htm.js";

const ACTIVITY = ["none", "slow", "normal", "fast", "x10"];

/** @param {string} now */
const activities = (now) => (ACTIVITY.includes(now) ? ACTIVITY : [now, ...ACTIVITY]);

/** @param {{venue: string, bots: any[], again: () => void}} properties */
function All({ venue, bots, again }) {
  const { said, run } = useDeed();
  const closed = !may("admin") || said.busy || !bots.length;
  const { value, again: ask } = usePolled(
    async () => (bots.length ? get(path`/venues/${venue}/activity`) : null),
    2000,
    [venue, bots.length > 0],
  );
  const now = value?.activity ?? "normal";
  /** @param {() => Promise<any>} work @param {string} done */
  const act = async (work, done) => {
    await run(work, done);
    ask();
    again();
  };
  return html`<div class="bar tight pad">
    <button disabled=${closed} onClick=${() => act(() => send("POST", path`/venues/${venue}/start-bots`), "All run.")}>Start all</button>
    <button disabled=${closed} onClick=${() => act(() => send("POST", path`/venues/${venue}/stop-bots`), "All stand, their orders are canceled.")}>Stop all</button>
    <span class="dim">Activity of the venue</span>
    <${Choice}
      label="Activity of the venue"
      value=${now}
      options=${activities(now)}
      disabled=${closed}
      onChoose=${(/** @type {string} */ activity) =>
        act(() => send("PATCH", path`/venues/${venue}/bots`, { activity }), `The venue is ${activity} now.`)}
    />
    <${Outcome} said=${said} />
  </div>`;
}

/** @param {{bot: any, again: () => void}} properties */
function Bot({ bot, again }) {
  const [open, setOpen] = useState(false);
  const { said, run } = useDeed();
  const where = path`/venues/${bot.venue}/bots/${bot.name}`;
  const closed = !may("admin") || said.busy;
  const turn = async () => {
    await run(() => send("POST", `${where}/${bot.running ? "stop" : "start"}`), "");
    again();
  };
  /** @param {string} activity */
  const pace = async (activity) => {
    await run(() => send("PATCH", where, { activity }), "");
    again();
  };
  /** @param {Record<string, string>} options */
  const change = async (options) => {
    const told = await send("PATCH", where, { options });
    again();
    return told;
  };
  const held = bot.positions.filter((/** @type {any} */ one) => one.quantity !== "0");
  return html`<tbody>
    <tr>
      <td><strong>${bot.name}</strong> <span class="dim">${bot.kind}</span></td>
      <td><span class=${`state ${bot.running ? "active" : bot.failure ? "failed" : "offline"}`}>${bot.running ? "runs" : bot.failure ? "failed" : "stands"}</span></td>
      <td>
        <${Choice} label=${`Activity of ${bot.name}`} value=${bot.activity} options=${activities(bot.activity)} disabled=${closed} onChoose=${pace} />
      </td>
      <td class="number"><a href=${to("orders", [bot.venue], { session: bot.session })}>${bot.open_orders}</a></td>
      <td class="number later">${grouped(String(bot.fills))}</td>
      <td class="number later">${bot.refused || ""}</td>
      <td class="actions">
        <button disabled=${closed} onClick=${turn}>${bot.running ? "Stop" : "Start"}</button>
        <button aria-expanded=${open} onClick=${() => setOpen(!open)} aria-label=${`Options of ${bot.name}`}>Options</button>
      </td>
    </tr>
    <tr class="under">
      <td colspan="7">
        ${bot.failure && html`<p class="trouble">${bot.failure}</p>`}
        <${Outcome} said=${said} />
        <p class="dim positions">
          ${held.length
            ? held.map((/** @type {any} */ one) => html`<span key=${one.symbol}>${one.symbol} <b class=${one.quantity.startsWith("-") ? "sell" : "buy"}>${grouped(one.quantity)}</b></span>`)
            : "no position"}
        </p>
        ${open &&
        html`<${Settings}
          label=${`Options of ${bot.name}`}
          settings=${settingsOf(bot.options)}
          disabled=${closed}
          button="Change"
          save=${change}
          done="It does so from now."
        />`}
      </td>
    </tr>
  </tbody>`;
}

/** @param {{venue: string}} properties */
export function Bots({ venue }) {
  const { value, trouble, again } = usePolled(() => list(path`/venues/${venue}/bots`), 1000, [venue]);
  const bots = value ?? [];
  const running = bots.filter((bot) => bot.running).length;
  return html`<section class="panel" aria-labelledby="bots">
    <h2 id="bots">Bots <span class="dim">${running} of ${bots.length} run</span></h2>
    <${All} venue=${venue} bots=${bots} again=${again} />
    ${trouble && html`<p class="trouble pad">${trouble}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-labelledby="bots">
      <table>
        <thead><tr><th>Bot</th><th>State</th><th>Activity</th><th class="number">Open</th><th class="number later">Fills</th><th class="number later">Refused</th><th></th></tr></thead>
        ${bots.map((bot) => html`<${Bot} key=${bot.name} bot=${bot} again=${again} />`)}
      </table>
    </div>
    ${value && !bots.length && html`<p class="empty">This venue has no bots: [bot:NAME] sections of the configuration make them.</p>`}
  </section>`;
}
