/**
 * Quick: forms that change something, sent without leaving the page; and what is still being made
 * is looked at again from time to time.
 */

import { renew } from "./renew.js";
import { toast } from "./toast.js";

const SOON = 2000; // milliseconds between two looks while something happens
const LATER = 10_000; // and when nothing has for a while
const PATIENCE = 1.25;

/** The words of this page's scripts. @type {Record<string, string>} */
export const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

let latest = 0;

/**
 * The page that the server answers with, shown. Of several at once only the last asked for is.
 * @param {string} url @param {FormData} [fields] sent by POST; without them it is only looked at
 * @returns {Promise<boolean>} whether anything changed
 */
export async function load(url, fields) {
  const mine = ++latest;
  let answer, page;
  try {
    answer = await fetch(url, fields ? { method: "POST", body: fields } : {});
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    throw new Error(words.away);
  }
  const problem = page.querySelector("[data-problem]");
  if (problem) {
    const hint = page.querySelector("[data-hint]")?.textContent ?? "";
    throw new Error([problem.textContent, hint].filter(Boolean).join(". "));
  }
  if (!answer.ok) throw new Error(words.away);
  // Logged out meanwhile: there is another page now.
  if (!page.querySelector("[data-keyed]")) location.assign(answer.url);
  return mine === latest && renew(page);
}

/** @param {unknown} error */
export const complain = (error) => toast(error instanceof Error ? error.message : String(error));

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function press(form, button) {
  const { said, undo, value } = button.dataset;
  const fields = new FormData(form, button);
  const action = form.action;
  const back = new FormData(form);
  if (undo) back.set("do", undo);
  if (value) back.set("value", value);
  try {
    await load(action, fields);
  } catch (error) {
    complain(error);
    return;
  }
  if (said) toast(said, undo ? () => load(action, back).catch(complain) : undefined);
  look(SOON);
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = event.submitter;
  if (!form.matches("[data-quick]") || !(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  form.closest("dialog")?.close();
  if (button.getAttribute("aria-disabled") !== "true") void press(form, button);
});

let wait = SOON;
let watch = 0;

/** Look at what is being made, in a while. @param {number} soon milliseconds */
export function look(soon) {
  clearTimeout(watch);
  wait = soon;
  if (document.hidden || !document.querySelector("[data-live]")) return;
  watch = setTimeout(async () => {
    const changed = await load(location.href).catch(() => false);
    look(changed ? SOON : Math.min(LATER, wait * PATIENCE));
  }, wait);
}
document.addEventListener("visibilitychange", () => look(SOON / 4));
look(SOON);
