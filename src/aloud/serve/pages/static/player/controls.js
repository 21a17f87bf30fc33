/**
 * Controls: what of the player is seen and pressed, as the page has it. Nothing here knows what a
 * press does, but that some choices can be put away.
 */

import { store, stored } from "./local.js";
import { EXPERTS } from "./pace.js";

/** @typedef {Record<"position" | "speed", HTMLInputElement>} Sliders */
/** @typedef {Record<"voice" | "train" | "sleep", HTMLSelectElement>} Lists */
/** @typedef {Record<"back" | "play" | "on" | "more" | "sample" | "follow" | "help" | "close",
 *   HTMLButtonElement>} Buttons */
/** @typedef {Record<"at" | "total" | "left" | "now" | "label" | "hint" | "status", HTMLElement>}
 *   Said */
/** @typedef {Sliders & Lists & Buttons & Said & {dialog: HTMLDialogElement,
 *   audios: HTMLAudioElement[], paces: HTMLButtonElement[]}} Controls */

export const PLAY = "M7 4.5v15l13-7.5z";
export const PAUSE = "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z";
const CHOICES = "aloud-player-shown";

/** @param {HTMLElement} host @param {AbortSignal} signal @returns {Controls} */
export function controls(host, signal) {
  /** @type {Record<string, any>} */
  const found = { audios: [...host.querySelectorAll("audio")] };
  found.paces = [...host.querySelectorAll(".paces button")];
  for (const part of host.querySelectorAll("[data-part]"))
    found[/** @type {HTMLElement} */ (part).dataset.part ?? ""] = part;
  if (host.hasAttribute("expert")) found.speed.max = EXPERTS;
  const choices = /** @type {HTMLElement} */ (host.querySelector(".choices"));
  // The style says whether there is room for them, as long as nobody has chosen.
  const show = (/** @type {string} */ shown) => {
    if (shown) host.dataset.shown = shown;
    found.more.ariaExpanded = String(getComputedStyle(choices).display !== "none");
  };
  show(stored(CHOICES));
  const turn = () => {
    show(found.more.ariaExpanded === "true" ? "no" : "yes");
    store(CHOICES, host.dataset.shown ?? "");
  };
  found.more.addEventListener("click", turn, { signal });
  return /** @type {Controls} */ (found);
}

/** Text is replaced only by other text: what listens to changes hears of changes.
 * @param {Element} element @param {string} text */
export function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Another picture on a button, and another name. @param {Element} button @param {string} d
 * @param {string} name */
export function redraw(button, d, name) {
  button.querySelector("path")?.setAttribute("d", d);
  button.ariaLabel = /** @type {HTMLElement} */ (button).title = name;
}

/** How much of a slider is behind its thumb: browsers do not all paint that.
 * @param {HTMLInputElement} slider */
export function filled(slider) {
  const [min, max] = [Number(slider.min), Number(slider.max)];
  const part = max > min ? (slider.valueAsNumber - min) / (max - min) : 0;
  slider.style.setProperty("--part", String(Math.round(part * 1000) / 1000));
}
