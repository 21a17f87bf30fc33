/**
 * Voices: heard where they stand, chosen without leaving, found while one types.
 */

import "./page.js";
import { Refused } from "../player/ask.js";
import { prefer } from "./preferences.js";
import { hear } from "./sample.js";
import { toast } from "./toast.js";

const list = /** @type {HTMLElement} */ (document.querySelector("#tongues"));
const find = /** @type {HTMLFormElement} */ (document.querySelector(".find"));
const box = /** @type {HTMLInputElement} */ (find.querySelector("input"));
const jump = /** @type {HTMLElement} */ (find.querySelector("[data-jump]"));
const found = /** @type {HTMLElement} */ (document.querySelector("[data-found]"));
const sections = /** @type {HTMLDetailsElement[]} */ ([...list.querySelectorAll(".tongue")]);
const own = new Set(sections.filter((each) => each.open));
const { used = "", usual = "", failed = "" } = list.dataset;

/** @param {HTMLElement} section @param {string} voice */
const nameOf = (section, voice) =>
  section.querySelector(`[data-voice="${CSS.escape(voice)}"]`)?.closest("li")?.querySelector("h4")?.textContent ?? "";

/** @param {HTMLElement} section @param {string} voice "": none */
function mend(section, voice) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (section.querySelectorAll(".use"))) {
    const on = button.dataset.voice === voice;
    button.setAttribute("aria-pressed", String(on));
    button.value = on ? "" : (button.dataset.voice ?? "");
  }
  section.querySelector("summary .chip")?.remove();
  if (!voice) return;
  const chip = { className: "chip", lang: "en", textContent: `✓ ${nameOf(section, voice)}` };
  section.querySelector("summary")?.append(Object.assign(document.createElement("span"), chip));
}

/** @param {HTMLElement} section @param {string} voice "": none */
async function use(section, voice) {
  const { language = "", name = "" } = section.dataset;
  const before = await prefer({ voices: { [language]: voice || null } });
  mend(section, voice);
  const said = (voice ? used : usual).replace("{voice}", nameOf(section, voice)).replace("{language}", name);
  return { said, undo: before.voices[language] ?? "" };
}

list.addEventListener("submit", async (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.submitter);
  const section = /** @type {HTMLElement} */ (button.closest(".tongue"));
  if (button.dataset.hear) {
    event.preventDefault();
    void hear(button, button.dataset.hear, 1, () => toast(failed));
  } else if (button.dataset.voice) {
    event.preventDefault();
    try {
      const { said, undo } = await use(section, button.value);
      toast(said, () => use(section, undo));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(error.message || failed);
    }
  }
});

function look() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let number = 0;
  for (const section of sections) {
    let here = 0;
    for (const voice of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll(".voice"))) {
      const text = `${section.dataset.find} ${voice.dataset.find}`;
      voice.hidden = !words.every((word) => text.includes(word));
      if (!voice.hidden) here++;
    }
    section.hidden = !here;
    section.open = words.length ? here > 0 : own.has(section);
    number += here;
  }
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("section"))) {
    group.hidden = !group.querySelector(".tongue:not([hidden])");
  }
  const { found: some = "", all = "" } = found.dataset;
  found.textContent = words.length ? some.replace("{}", String(number)) : all;
}

box.addEventListener("input", look);
find.addEventListener("submit", (event) => event.preventDefault());
/** @type {HTMLElement} */ (find.querySelector("[data-search]")).hidden = true;
jump.hidden = false;

/** @param {string} id */
function go(id) {
  const section = sections.find((each) => each.id === id);
  if (!section) return;
  if (section.hidden) {
    box.value = "";
    look();
  }
  section.open = true;
  section.scrollIntoView();
  section.querySelector("summary")?.focus({ preventScroll: true });
}

const select = /** @type {HTMLSelectElement} */ (jump.querySelector("select"));
select.addEventListener("change", () => go(select.value));
if (location.hash) go(location.hash.slice(1));
