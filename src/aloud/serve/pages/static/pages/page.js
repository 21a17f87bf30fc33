/**
 * Page: what every page does. Colours as the reader likes them, and the worker that keeps articles
 * for when there is no network.
 */

import { cookie } from "./cookie.js";

const THEMES = ["", "light", "dark"];
const root = document.documentElement;

/** @type {HTMLButtonElement | null} */
const theme = document.querySelector("[data-theme-switch]");
if (theme) {
  theme.hidden = false;
  const { names = "" } = theme.dataset;
  const said = names.split("|");
  const name = theme.textContent ?? "";
  const show = () => {
    const now = THEMES.indexOf(root.dataset.theme ?? "");
    theme.textContent = `${name}: ${said[now] ?? ""}`;
  };
  theme.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "") + 1) % THEMES.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    cookie("theme", next);
    show();
  });
  show();
}
