/**
 * Swap: the page as the service makes it now, put in place of the one that is shown. The player
 * stays what it is, with its element and its permission to play.
 */

import { ask, Refused } from "../player/ask.js";

/** @typedef {import("../player/aloud-player.js").AloudPlayer} AloudPlayer */

const TOLD = ["headline", "publisher", "artwork", "language"];

/** @returns {HTMLElement | null} */
export const shownArticle = () => document.querySelector("[data-article]");

/** @returns {AloudPlayer | null} */
export const shownPlayer = () => document.querySelector("aloud-player");

/** What the page says, by name. @param {string} name @param {string} [why] put into it */
export function said(name, why = "") {
  const words = JSON.parse(document.getElementById("said")?.textContent ?? "{}");
  return String(words[name] ?? "").replace("{why}", why);
}

/** Why something failed, in words. @param {unknown} error */
export const reason = (error) =>
  error instanceof Refused && error.status ? `${error.message} ${error.hint}`.trim() : said("away");

/** A page of an article. @param {string} url @returns {Promise<Document>} @throws {Refused} */
export async function page(url) {
  const answer = await ask(url, { headers: { Accept: "text/html" } });
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!made.querySelector("[data-article]")) throw new Refused(404);
  return made;
}

/** Show it. What is unfolded stays so. @param {Document} made */
export function swap(made) {
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  const unfolded = [...main.querySelectorAll("details[open][id]")].map(({ id }) => id);
  const choosing = main.querySelector("#choosing:checked");
  main.replaceChildren(.../** @type {HTMLElement} */ (made.querySelector("main")).childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  const chooser = /** @type {HTMLInputElement | null} */ (main.querySelector("#choosing"));
  if (chooser && choosing) chooser.checked = true;
  document.title = made.title;
  const [now, next] = [shownPlayer(), made.querySelector("aloud-player")];
  if (now) {
    now.hidden = !next;
    if (!next) now.pause();
    for (const name of TOLD) now.setAttribute(name, next?.getAttribute(name) ?? "");
  } else if (next) main.after(next, ...made.querySelectorAll("#words"));
  document.dispatchEvent(new Event("aloud-page"));
}
