/**
 * Lab: pairs of sounds of equal length, votes, and what they say. Nothing leaves this browser.
 */

import "./page.js";
import { download, drawn, interval, table } from "./ballot.js";
import { hear, silence } from "./sample.js";
import { toast } from "./toast.js";

/** @typedef {import("./ballot.js").Run} Run */
/** @typedef {import("./ballot.js").Pair} Pair */

const KEPT = "aloud.lab.speed";
/** @param {string} selector @param {ParentNode} [inside] */
const the = (selector, inside = document) =>
  /** @type {HTMLElement} */ (inside.querySelector(selector));
/** @type {{passages: number, paces: number[], voice: string}} */
const told = JSON.parse(the("#told").textContent ?? "");
/** @type {Run[]} */
let runs = remembered();
/** @type {Record<string, {url: string, rate: number}>} */
let sides = {};
/** @type {Set<string>} */
let heard = new Set();

const pairForm = /** @type {HTMLFormElement} */ (the("#pair form"));
const [voting, understanding] = /** @type {HTMLFieldSetElement[]} */ ([
  ...pairForm.querySelectorAll("fieldset"),
]);
const onward = /** @type {HTMLButtonElement} */ (the(".primary", pairForm));
const status = the("[data-status]");

/** @returns {Run[]} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

function remember() {
  localStorage.setItem(KEPT, JSON.stringify(runs));
}

/** @param {Run | undefined} run */
const over = (run) => !run || run.votes.length >= drawn(run).length;

/** @param {string} part which of the three is seen @param {boolean} [moved] */
function look(part, moved = true) {
  for (const id of ["begin", "pair", "result"]) the(`#${id}`).hidden = id !== part;
  the("[data-erase]").hidden = !runs.some((run) => run.votes.length);
  if (moved) the(`#${part} h2`)?.focus();
}

/** The length of a sound in seconds. @param {string} url @returns {Promise<number>} */
function lengthOf(url) {
  return new Promise((known, failed) => {
    const sound = new Audio();
    sound.preload = "auto";
    sound.onloadedmetadata = () => known(sound.duration);
    sound.onerror = () => failed(new Error(url));
    sound.src = url;
  });
}

/** Both sides of a pair, the natural one as fast as the other is. @param {Run} run @param {Pair} pair */
async function prepared(run, pair) {
  const natural = `/lab/speed/${run.voice}/${pair.passage}.wav`;
  const made = `${natural}?wpm=${pair.wpm}`;
  const [long, short] = await Promise.all([lengthOf(natural), lengthOf(made)]);
  const both = { browser: { url: natural, rate: long / short }, aloud: { url: made, rate: 1 } };
  return { A: both[pair.A], B: both[pair.B] };
}

/** @param {boolean} [moved] */
async function next(moved) {
  silence();
  const run = runs[runs.length - 1];
  if (over(run)) return finish(moved);
  const pairs = drawn(run);
  const at = run.votes.length;
  the("#pair-title").textContent = (the("#pair-title").dataset.said ?? "").replace("{}", String(at + 1));
  /** @type {HTMLProgressElement} */ (the("#pair progress")).value = at;
  pairForm.reset();
  sides = {};
  heard = new Set();
  voting.disabled = understanding.disabled = onward.disabled = true;
  for (const small of document.querySelectorAll("[data-heard]")) {
    /** @type {HTMLElement} */ (small).hidden = true;
  }
  look("pair", moved);
  status.textContent = status.dataset.loading ?? "";
  try {
    const ready = await prepared(run, pairs[at]);
    if (run.votes.length !== at || runs[runs.length - 1] !== run) return;
    sides = ready;
    status.textContent = status.dataset.both ?? "";
    if (pairs[at + 1]) void prepared(run, pairs[at + 1]).catch(() => {});
  } catch {
    status.textContent = status.dataset.failed ?? "";
  }
}

/** @param {string} side */
function play(side) {
  const sound = sides[side];
  if (!sound) {
    if (!the("#pair").hidden && status.textContent === status.dataset.failed) void next(false);
    return;
  }
  const button = the(`[data-side="${side}"]`);
  void hear(button, sound.url, sound.rate, () => toast(status.dataset.failed ?? ""));
  heard.add(side);
  the("[data-heard]", button).hidden = false;
  if (heard.size < 2) return;
  voting.disabled = understanding.disabled = onward.disabled = false;
  status.textContent = status.dataset.vote ?? "";
}

function finish(moved = true) {
  const body = the("#result tbody");
  const lines = table(runs, told.paces);
  const names = [...told.paces.map((wpm) => `${wpm / 200}× · ${wpm} WPM`), body.dataset.all ?? ""];
  const rows = lines.map((line, index) => {
    const row = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row", textContent: names[index] });
    const cells = [line.aloud, line.browser, line.none, line.share, line.understood];
    row.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return row;
  });
  body.replaceChildren(...rows);
  const all = lines[lines.length - 1];
  const [low, high] = interval(all.aloud, all.aloud + all.browser);
  const verdict = the("[data-verdict]");
  const { ours = "", browser = "", open = "" } = verdict.dataset;
  verdict.textContent = low > 0.5 ? ours : high < 0.5 ? browser : open;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-download]"))) {
    URL.revokeObjectURL(link.href);
    link.href = download(runs, link.dataset.download ?? "");
  }
  look("result", moved);
}

for (const button of document.querySelectorAll("[data-begin]")) {
  button.addEventListener("click", () => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0];
    runs.push({ seed, ...told, votes: [] });
    remember();
    void next(true);
  });
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".sound"))) {
  button.addEventListener("click", () => play(button.dataset.side ?? ""));
}

pairForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(pairForm);
  const run = runs[runs.length - 1];
  const pair = drawn(run)[run.votes.length];
  const vote = String(form.get("vote"));
  const better = vote === "A" || vote === "B" ? pair[vote] : "none";
  run.votes.push({ ...pair, vote, better, understood: Number(form.get("understood")), at: new Date().toISOString() });
  remember();
  void next(true);
});

the("[data-erase]").addEventListener("click", () => {
  const before = runs;
  silence();
  runs = [];
  localStorage.removeItem(KEPT);
  look("begin", false);
  toast(the("[data-erase]").dataset.erased ?? "", () => {
    runs = before;
    remember();
    void next(false);
  });
});

const VOTES = { 1: "A", 2: "B", 0: "none" };
addEventListener("keydown", (event) => {
  if (the("#pair").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  const side = event.key.toUpperCase();
  if (side === "A" || side === "B") play(side);
  const vote = Object.entries(VOTES).find(([key]) => key === event.key)?.[1];
  if (vote && !voting.disabled) {
    const radio = /** @type {HTMLInputElement} */ (the(`[value="${vote}"]`, voting));
    radio.checked = true;
    radio.focus();
  }
});

if (!runs.length) look("begin", false);
else void next(false);
