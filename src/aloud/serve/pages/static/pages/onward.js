/**
 * Onward: what is heard after an article. In the queue the next one follows in the same document,
 * so that no gesture is needed: an article that was heard leaves the queue and is archived.
 */

import { ask, get, patiently, send } from "../player/ask.js";
import { store, storedKeys } from "../player/local.js";
import { toast } from "./toast.js";
import { page, reason, said, shownArticle, shownPlayer, swap } from "./swap.js";

const HEARD = "aloud-heard-"; // and an article, until the service knows that it was heard
/** Articles that were left, the last one last. @type {string[]} */
const passed = [];
let going = false; // on by itself
let turn = new AbortController();

/** The next of the queue as the page knows it; undefined: this is not the queue. */
const known = () => shownArticle()?.dataset.queue;

/** Another article, in the place of this one. @param {string} id @param {boolean} push */
async function go(id, push) {
  turn.abort();
  const { signal } = (turn = new AbortController());
  const url = `/articles/${id}?queue=1`;
  try {
    const made = await patiently(() => page(url), signal, () => {});
    if (signal.aborted) return;
    swap(made);
    if (push) history.pushState(null, "", url);
    shownPlayer()?.open(id, true);
    scrollTo({ top: 0, behavior: "instant" });
  } catch (error) {
    if (!signal.aborted) toast(said("wrong", reason(error)));
  }
}

/** What comes after an article, or "". @param {string} id */
async function after(id) {
  try {
    /** @type {{items: {id: string, state: string, narration: {state: string} | null}[]}} */
    const { items } = await get("/api/queue");
    const here = items.findIndex((each) => each.id === id);
    const others = [...items.slice(here + 1), ...items.slice(0, Math.max(0, here))];
    const fails = (/** @type {{state: string} | null} */ of) => of?.state === "failed";
    return others.find((each) => !fails(each) && !fails(each.narration))?.id ?? "";
  } catch {
    return known() ?? "";
  }
}

/** @param {string} id @param {boolean} archived */
async function tellHeard(id, archived) {
  store(HEARD + id, archived ? "archived" : "heard");
  const change = archived ? { heard: true, archived } : { heard: true };
  const gone = (/** @type {{status: number}} */ error) => error.status === 404;
  const done = await send(`/api/articles/${id}`, "PATCH", change, true).catch(gone);
  if (archived) await ask(`/api/queue/${id}`, { method: "DELETE", keepalive: true }).catch(gone);
  if (done) store(HEARD + id, "");
}

/** What was heard without a network. */
function tell() {
  for (const key of storedKeys(HEARD))
    tellHeard(key.slice(HEARD.length), localStorage.getItem(key) === "archived");
}

addEventListener("online", tell);
tell();

addEventListener("aloud-ended", async (event) => {
  const { article, asleep } = /** @type {CustomEvent} */ (event).detail;
  const queued = known() !== undefined;
  const next = queued && !asleep ? await after(article) : "";
  await tellHeard(article, queued);
  going = next !== "";
  if (next) await go(next, true);
  else if (queued && !asleep) toast(said("finished"));
});

addEventListener("aloud-next", (event) => {
  const id = shownArticle()?.dataset.article;
  if (!id || !known()) return;
  event.preventDefault();
  passed.push(id);
  after(id).then((next) => (next ? go(next, true) : undefined));
});

addEventListener("aloud-previous", (event) => {
  const id = known() === undefined ? undefined : passed.pop();
  if (!id) return;
  event.preventDefault();
  go(id, true);
});

// What turns out to be nothing that can be heard is passed over.
addEventListener("aloud-failed", (event) => {
  const { article } = /** @type {CustomEvent} */ (event).detail;
  if (going && known()) after(article).then((next) => (next ? go(next, true) : undefined));
});

addEventListener("popstate", () => {
  const id = location.pathname.split("/")[2];
  if (id && id !== shownArticle()?.dataset.article) go(id, false);
});
