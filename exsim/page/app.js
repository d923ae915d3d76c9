// @ts-check
/** The frame around all pages: where one can go, whether the simulator answers, logging in. */
import { findOut, granted, locked, logIn, logOut, words } from "./api.js";
import { news, startNews } from "./news.js";
import { pages } from "./pages.js";
import { Dialog } from "./parts/dialog.js";
import { Notices } from "./parts/notices.js";
import { route, to } from "./route.js";
import { useSignal } from "./signal.js";
import { setTheme, theme } from "./theme.js";
import { html, render, useEffect, useErrorBoundary, useRef, useState } from "./vendor/preact-htm.js";

/** @param {{name: string}} properties the page that is shown */
function Navigation({ name }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    // Where the bar is narrower than its links, as on a telephone, it shows which page this is.
    bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [name]);
  return html`<nav aria-label="Pages" ref=${bar}>
    ${pages.map(
      (page) => html`<a
        href=${to(page.name)}
        key=${page.name}
        aria-current=${page.name === name ? "page" : null}
        >${page.title}</a
      >`,
    )}
  </nav>`;
}

function Connection() {
  const state = useSignal(news.state);
  const said = { connecting: "connecting", live: "live", lost: "no answer", ended: "ended" }[state];
  return html`<span class=${`connection ${state}`} title="Events of the simulator" role="status"
    >${said}</span
  >`;
}

function Theme() {
  const now = useSignal(theme);
  const next = now === "dark" ? "light" : "dark";
  return html`<button class="plain" onClick=${() => setTheme(next)} title=${`Make it ${next}`}>
    ${now === "dark" ? "☀" : "☾"}<span class="hidden">${`Make it ${next}`}</span>
  </button>`;
}

function Role() {
  const known = useSignal(granted);
  if (!known?.guarded) return null;
  return html`<span class="dim">${known.role}</span>
    <button class="plain" onClick=${logOut}>Log out</button>`;
}

function LogIn() {
  const [token, setToken] = useState("");
  const [trouble, setTrouble] = useState("");
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    try {
      await logIn(token.trim());
    } catch (error) {
      setTrouble(words(error));
    }
  };
  return html`<${Dialog} title="Log in">
    <form class="stack" onSubmit=${submit}>
      <p>This simulator asks for a token, of one of the files that its [rest] section names.</p>
      <label
        >Token
        <input
          type="password"
          autocomplete="off"
          autofocus
          value=${token}
          onInput=${(/** @type {any} */ event) => setToken(event.target.value)}
      /></label>
      ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
      <button class="main" disabled=${!token.trim()}>Log in</button>
    </form>
  <//>`;
}

/** @param {string} name of a page, or what is none */
const pageOf = (name) => pages.find((one) => one.name === name) ?? pages[0];

/** A page's code is loaded when it is first gone to. @param {{name: string}} properties */
function Page({ name }) {
  const [loaded, setLoaded] = useState({ name: "", Page: /** @type {any} */ (null), trouble: "" });
  const [broken, mend] = useErrorBoundary((error) => console.error(error));
  useEffect(() => {
    const page = pageOf(name);
    document.title = `${page.title} · exsim`;
    page.load().then(
      (module) => setLoaded({ name, Page: module.Page, trouble: "" }),
      (error) => setLoaded({ name, Page: null, trouble: String(error) }),
    );
  }, [name]);
  if (broken || loaded.trouble) {
    return html`<main class="broken" role="alert">
      <p>This page broke: ${String(broken ?? loaded.trouble)}</p>
      <button onClick=${() => (broken ? mend() : location.reload())}>Try again</button>
    </main>`;
  }
  if (loaded.name !== name) return html`<main aria-busy="true"></main>`;
  return html`<main class=${`page-${name}`} key=${name}><${loaded.Page} /></main>`;
}

function App() {
  const { page } = useSignal(route);
  const known = useSignal(granted);
  const missing = useSignal(locked);
  return html`<header class="top">
      <a class="brand" href=${to("overview")}>exsim</a>
      <${Navigation} name=${page} />
      <span class="right"><${Connection} /><${Role} /><${Theme} /></span>
    </header>
    ${known ? html`<${Page} name=${page} />` : html`<main aria-busy="true"></main>`}
    <${Notices} />
    ${missing && html`<${LogIn} />`}`;
}

/** Find out what we may do; where the simulator does not answer yet, a moment later. */
async function begin() {
  try {
    await findOut();
  } catch {
    if (!locked.value) setTimeout(begin, 500);
  }
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.textContent = "";
render(html`<${App} />`, root);
granted.watch(startNews);
// Its code comes while we find out what we may do; what goes wrong is told where it is shown.
pageOf(route.value.page).load().catch(() => {});
begin();
