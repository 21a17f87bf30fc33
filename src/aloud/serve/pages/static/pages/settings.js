/**
 * Settings: each is kept as soon as it is chosen, and can be undone for a moment.
 */

import "./page.js";
import { Refused } from "../player/ask.js";
import { words } from "./lexicon.js";
import { label, rateFor } from "../player/pace.js";
import { prefer } from "./preferences.js";
import { hear, hurry } from "./sample.js";
import { toast } from "./toast.js";

/** @param {string} selector */
const one = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
const { failed = "", unheard = "", speed: atSpeed = "" } = one("#said").dataset;

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-save]"))) {
  button.hidden = true;
}

/** Keep it and say so; what failed is said instead. @param {() => Promise<void>} work */
async function keep(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message || failed);
  }
}

const speed = /** @type {HTMLFormElement} */ (one("#speed form"));
const slider = /** @type {HTMLInputElement} */ (one("#wpm"));
const tryIt = one("[data-try]");
tryIt.hidden = false;

function said() {
  const wpm = Number(slider.value);
  one("#speed output").textContent = label(wpm);
  slider.setAttribute("aria-valuetext", label(wpm));
  one("[data-hint]").hidden = wpm <= Number(speed.dataset.hard);
  for (const each of /** @type {NodeListOf<HTMLButtonElement>} */ (speed.querySelectorAll("[name=pace]"))) {
    each.setAttribute("aria-pressed", String(Number(each.value) === wpm));
  }
  hurry(rateFor(wpm, Number(speed.dataset.natural)));
}

/** @param {number} wpm */
const listenAt = (wpm) =>
  keep(async () => {
    slider.value = String(wpm);
    said();
    const before = await prefer({ wpm });
    const undo = before.wpm ?? 200;
    if (undo !== wpm) toast(atSpeed.replace("{}", label(wpm)), () => listenAt(undo));
  });

slider.addEventListener("input", said);
slider.addEventListener("change", () => listenAt(Number(slider.value)));
speed.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, value } = /** @type {HTMLButtonElement} */ (event.submitter ?? tryIt);
  void listenAt(Number(name === "pace" ? value : slider.value));
});
tryIt.addEventListener("click", () => {
  const { sample = "", natural } = speed.dataset;
  void hear(tryIt, sample, rateFor(Number(slider.value), Number(natural)), () => toast(unheard));
});

/** @param {HTMLSelectElement} select */
const chosenRole = (select) =>
  keep(async () => {
    const { name, value } = select;
    const before = await prefer({ roles: { [name]: value || null } });
    const of = select.labels[0].querySelector("span")?.textContent;
    toast(`${of}: ${select.selectedOptions[0].textContent}`, () => {
      select.value = before.roles[name] ?? "";
      return chosenRole(select);
    });
  });
one("#roles form").addEventListener("change", (event) =>
  chosenRole(/** @type {HTMLSelectElement} */ (event.target)),
);

// The page comes anew: every word of it may be another one.
const pages = /** @type {HTMLFormElement} */ (one("#pages form"));
pages.addEventListener("change", () => pages.requestSubmit());

words(one("#lexicon"), one("#said").dataset, keep);
