// @ts-check
/** A hold that the address names, and that waits no more: what became of it, as REST tells. */
import { get, path, words } from "../api.js";
import { useLeaving } from "../parts/leaving.js";
import { to } from "../route.js";
import { html, useEffect, useState } from "../vendor/preact-htm.js";

/** @param {string} hold @param {string} session the only one whose holds are listed @returns {Promise<unknown>} */
async function fateOf(hold, session) {
  const { order_id: order, venue } = await get(path`/holds/${hold}`);
  if (order) return html`It was accepted: <a href=${to("orders", [venue, order])}>order ${order}</a>.`;
  return html`<a href=${to("holds", [hold])}>It waits</a>${session && `, and is not of session ${session}`}.`;
}

/** @param {{parts: string[], session: string, onClose: () => void}} properties `parts` of the address */
export function GoneHold({ parts, session, onClose }) {
  const leaving = useLeaving(onClose);
  const [proxy, name, message] = parts[0] === "proxy" ? parts : ["", parts[0], ""];
  const [fate, setFate] = useState(/** @type {unknown} */ (""));
  useEffect(() => {
    if (proxy) return setFate(`Proxy ${name} holds no message ${message}: it went on, or was dropped.`);
    fateOf(name, session).then(setFate, (error) => setFate(`${words(error)}.`));
  }, []);
  return html`<aside class="detail" ref=${leaving} aria-label="Hold that is gone">
    <header>
      <h2>${proxy ? `Message ${message} of ${name} is gone` : `Hold ${name} does not wait`}</h2>
      <button class="plain" aria-label="Close" onClick=${onClose}>×</button>
    </header>
    <p class="links" role="status">${fate}</p>
    <p class="dim">Nothing is chosen: choose one in the list, or press <kbd>j</kbd>.</p>
  </aside>`;
}
