/**
 * Article: the listening page. What is pressed beside the player, and the page made anew when its
 * words change, while the voice goes on.
 */

import "./page.js";
import "../player/aloud-player.js";
import "./onward.js";
import { ask, send } from "../player/ask.js";
import { clock, NORMAL } from "../player/pace.js";
import { allKept, canKeep, isKept, keep, letGo, NotYet } from "./offline.js";
import { page, reason, said, shownArticle, shownPlayer, swap } from "./swap.js";
import { toast } from "./toast.js";

const FULL = "QuotaExceededError";

/** @param {string} selector @returns {HTMLElement | null} */
const one = (selector) => document.querySelector(selector);
const articleId = () => shownArticle()?.dataset.article ?? "";
/** Kept as soon as there is a recording. */
let wanted = "";

/** The page as it is now; the player goes on. @param {string} [block] where something changed */
async function renewed(block) {
  const id = articleId();
  const made = await page(location.href);
  if (articleId() !== id) return;
  swap(made);
  shownPlayer()?.open(id);
  if (block) focusOn(block);
}

/** Where the button was that was pressed, as far as there is one. @param {string} block */
function focusOn(block) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (
    document.querySelectorAll("[name=choice]")
  );
  const of = [...buttons].filter(({ value }) => value.endsWith(` ${block}`));
  const same = of.find((each) => each.checkVisibility());
  (same ?? one("#trust summary"))?.focus({ preventScroll: true });
}

/** Have a block spoken, shown or left out. @param {string} block @param {string} state "": as the
 * page gave it */
async function choose(block, state) {
  const url = `/api/articles/${articleId()}/blocks/${encodeURIComponent(block)}`;
  shownPlayer()?.hold();
  try {
    if (state) await send(url, "PUT", { state });
    else await ask(url, { method: "DELETE" });
    await renewed(block);
    return true;
  } catch (error) {
    toast(said("wrong", reason(error)));
    shownPlayer()?.open(articleId());
    return false;
  }
}

addEventListener("submit", async (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (!button || /** @type {HTMLElement} */ (event.target).id !== "choices") return;
  event.preventDefault();
  const [state, block] = button.value.split(" ");
  const before = "chosen" in button.dataset ? (button.dataset.state ?? "") : "";
  if (await choose(block, state))
    toast(said(state === "spoken" ? "spoken" : "silent"), () => choose(block, before));
});

addEventListener("aloud-speed", (event) => {
  const { wpm, total } = /** @type {CustomEvent} */ (event).detail;
  const [time, rate] = [one("[data-listen]"), one("[data-speed]")];
  if (!total || !time || !rate) return;
  time.textContent = clock(total);
  rate.textContent = `${(wpm / NORMAL).toFixed(2)}×`;
});

addEventListener("aloud-progress", (event) => {
  const { state, done, total } = /** @type {CustomEvent} */ (event).detail;
  const line = one("[data-narrating]");
  if (!line) return;
  line.hidden = ["done", "failed", "cancelled"].includes(state);
  const [text, bar] = [line.querySelector("span"), line.querySelector("progress")];
  if (text && total)
    text.textContent = (line.dataset.said ?? "").replace("{done}", done).replace("{total}", total);
  if (bar) [bar.max, bar.value] = [total || 1, done];
  if (state === "done" && wanted === articleId()) keepIt(wanted);
});

/** @param {string} id */
async function keepIt(id) {
  const button = /** @type {HTMLButtonElement | null} */ (one("[data-keep]"));
  if (button) [button.disabled, button.textContent] = [true, said("keeping")];
  wanted = "";
  try {
    await keep(id, shownArticle()?.dataset.title ?? "");
    toast(said("keptNow"));
  } catch (error) {
    if (error instanceof NotYet) {
      wanted = id;
      toast(said("later"));
    } else if (error instanceof DOMException && error.name === FULL) toast(said("full"));
    else toast(said("unkept", reason(error)));
  }
  await showKept();
}

async function showKept() {
  const button = /** @type {HTMLButtonElement | null} */ (one("[data-keep]"));
  if (!button || !canKeep()) return;
  const kept = await isKept(articleId());
  button.textContent = said(kept ? "kept" : wanted ? "keeping" : "keep");
  button.ariaPressed = String(kept);
  button.hidden = button.disabled = false;
  const list = one("[data-kept-list]");
  if (list) list.hidden = !(await allKept()).length;
}

addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-keep]");
  if (!button) return;
  if (button.ariaPressed !== "true") return keepIt(articleId());
  await letGo(articleId());
  toast(said("removed"));
  await showKept();
});

/** An article that is not read yet is shown as soon as it is. */
async function appear() {
  if (shownArticle()?.dataset.state === "ready") return;
  const id = articleId();
  const made = await page(location.href);
  if (articleId() === id) swap(made);
}

// The player has it read, if nobody else does.
addEventListener("aloud-opened", appear);
addEventListener("aloud-failed", appear);

/** What becomes of one that is being read: it may fail. */
function wait() {
  if (shownArticle()?.dataset.state !== "reading") return;
  const events = new EventSource(`/api/articles/${articleId()}/events`);
  for (const name of ["ready", "done", "failed", "cancelled"])
    events.addEventListener(name, () => {
      events.close();
      appear();
    });
}

function begin() {
  wait();
  showKept();
}

document.addEventListener("aloud-page", begin);
begin();
