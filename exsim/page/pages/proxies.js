// @ts-check
/** Proxies and their links, which are sessions of others, for the page of sessions. */
import { list, listNamed, may, path, send } from "../api.js";
import { Outcome, useDeed } from "../parts/deed.js";
import { clock } from "../parts/times.js";
import { usePolled } from "../poll.js";
import { html } from "../vendor/preact-htm.js";

async function proxies() {
  const found = await listNamed("/proxies");
  return Promise.all(
    found.map(async (one) => ({ ...one, all: await list(path`/proxies/${one.called}/links`) })),
  );
}

export function Proxies() {
  const { value, again } = usePolled(proxies, 2000, []);
  const { said, run } = useDeed();
  if (!value?.length) return null;
  /** @param {string} proxy @param {string} link */
  const close = async (proxy, link) => {
    await run(() => send("DELETE", path`/proxies/${proxy}/links/${link}`), "Closed.");
    again();
  };
  return html`<section class="panel" aria-labelledby="proxies">
    <h2 id="proxies">Proxies <${Outcome} said=${said} /></h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="proxies">
      <table>
        <thead>
          <tr><th>Proxy</th><th>Session</th><th>State</th><th class="later">From</th><th class="later">To</th><th class="later">Since</th><th class="number">In</th><th class="number">Out</th><th></th></tr>
        </thead>
        <tbody>
          ${value.flatMap((/** @type {any} */ proxy) => [
            html`<tr key=${proxy.called}>
              <td><strong>${proxy.called}</strong></td>
              <td colspan="8" class="wrap">${proxy.host}${proxy.port === null ? "" : `:${proxy.port}`} → ${proxy.connect} <span class="dim">${proxy.links} ${proxy.links === 1 ? "link" : "links"}, ${proxy.held} held</span></td>
            </tr>`,
            ...proxy.all.map(
              (/** @type {any} */ link) => html`<tr key=${`${proxy.called} ${link.link}`}>
                <td class="dim">${link.link}</td>
                <td class="wrap">${link.session || "–"}</td>
                <td>${link.state}</td>
                <td class="later">${link.peer}</td>
                <td class="later">${link.upstream}</td>
                <td class="mono dim later">${clock(link.since)}</td>
                <td class="number">${link.received}</td>
                <td class="number">${link.sent}</td>
                <td><button class="plain" disabled=${!may("admin")} onClick=${() => close(proxy.called, link.link)}>Close</button></td>
              </tr>`,
            ),
          ])}
        </tbody>
      </table>
    </div>
  </section>`;
}
