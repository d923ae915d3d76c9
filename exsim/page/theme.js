// @ts-check
/** Light or dark: as the system is, or as somebody chose here. */
import { Signal } from "./signal.js";

const KEPT = "exsim-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** @typedef {"light" | "dark"} Theme */

/** @returns {Theme} */
function wanted() {
  const kept = localStorage.getItem(KEPT);
  if (kept === "light" || kept === "dark") return kept;
  return system.matches ? "dark" : "light";
}

export const theme = new Signal(wanted());

function apply() {
  theme.value = wanted();
  document.documentElement.dataset.theme = theme.value;
}

/** @param {Theme} chosen */
export function setTheme(chosen) {
  if (chosen === (system.matches ? "dark" : "light")) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, chosen);
  apply();
}

system.addEventListener("change", apply);
apply();
