// @ts-check
/** Switches that hold all orders of a session or symbol: rules, made and ended by a click. */
import { list, may, path, send } from "../api.js";
import { count } from "../news.js";
import { Choice } from "../parts/choice.js";
import { quoted } from "../parts/copying.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { usePolled } from "../poll.js";
import { to } from "../route.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";

/** New orders of FIX and of OUCH. */
const ORDERS = "(type=D or type=O)";
const PRIORITY = 1000;

async function known() {
  const [venues, sessions, rules] = await Promise.all(["/venues", "/sessions", "/rules"].map((one) => list(one)));
  return { venues, sessions, rules: rules.filter((rule) => rule.then.trim() === "hold" && rule.enabled) };
}

/** @param {string} session @param {string} symbol */
export function filterOf(session, symbol) {
  return [ORDERS, session && `session=${quoted(session)}`, symbol && `symbol=${quoted(symbol)}`]
    .filter(Boolean)
    .join(" ");
}

/** @param {{session: string, only: (session: string) => void}} properties */
export function HoldRules({ session, only }) {
  const happened = useSignal(count("rule"));
  const { value, again } = usePolled(known, 2000, []);
  useEffect(again, [happened]);
  const [venue, setVenue] = useState("");
  const [symbol, setSymbol] = useState("");
  const { said, run } = useDeed();
  const venues = value?.venues ?? [];
  const at = venue || venues[0]?.name || "";
  const symbols = venues.find((one) => one.name === at)?.instruments ?? [];
  const sessions = [...new Set(value?.sessions.map((one) => one.name))];
  const closed = !may("admin") || !value || said.busy;
  const hold = async () => {
    const body = { venue: at, when: filterOf(session, symbol), then: "hold", priority: PRIORITY };
    await run(() => send("POST", "/rules", body), "New orders are held.");
    again();
  };
  /** @param {any} rule */
  const end = async (rule) => {
    await run(() => send("DELETE", path`/rules/${rule.name}`, undefined, { venue: rule.venue }), "Held no more.");
    again();
  };
  return html`<div class="bar tight" role="group" aria-label="What is held">
    ${venues.length > 1 &&
    html`<${Choice} label="Venue" value=${at} options=${venues.map((one) => one.name)} onChoose=${setVenue} />`}
    <${Choice} label="Session" value=${session} options=${[["", "any session"], ...sessions]} onChoose=${only} />
    <${Choice} label="Symbol" value=${symbol} options=${[["", "any symbol"], ...symbols]} onChoose=${setSymbol} />
    <button class="main" disabled=${closed} onClick=${hold}>Hold all orders</button>
    ${value?.rules.map(
      (rule) => html`<span class="tag switch" key=${`${rule.venue} ${rule.name}`}>
        <a href=${to("rules", [rule.venue, rule.name])}>${rule.name}</a>
        <span class="dim">${rule.when.replace(ORDERS, "").trim() || "all orders"}, ${rule.hits} held</span>
        <button class="plain" disabled=${closed} aria-label=${`End ${rule.name}`} title="Hold no more" onClick=${() => end(rule)}>×</button>
      </span>`,
    )}
    <${Outcome} said=${said} />
  </div>`;
}
