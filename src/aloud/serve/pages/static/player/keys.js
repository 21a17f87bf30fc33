/**
 * Keys: what a key of the keyboard does, while nobody types.
 */

/** @typedef {"toggle" | "back" | "on" | "backFar" | "onFar" | "slower" | "faster" | "help"} Deed */

/** How the help shows it, what it does, and the keys themselves.
 * @type {[string, Deed, ...string[]][]} */
export const KEYS = [
  ["Space  K", "toggle", " ", "k"],
  ["←", "back", "arrowleft"],
  ["→", "on", "arrowright"],
  ["Shift ←", "backFar", "shift arrowleft"],
  ["Shift →", "onFar", "shift arrowright"],
  ["<", "slower", "<"],
  [">", "faster", ">"],
  ["?", "help", "?"],
];

const TYPING = "input:not([type=range]), textarea, select, [contenteditable], dialog";
// What a space presses, and what an arrow moves, is not ours.
const PRESSED = "button, a, summary, audio, video, [role=button]";

const WAYS = ["left", "←", "right", "→"];

/** Forward is to the left where text runs to the left. @param {string} text @param {boolean} rtl */
export const turned = (text, rtl) =>
  rtl ? text.replace(/left|right|←|→/, (way) => WAYS[(WAYS.indexOf(way) + 2) % 4]) : text;

/** @param {KeyboardEvent} event @param {boolean} rtl @returns {Deed | undefined} */
export function deed(event, rtl) {
  const { key, shiftKey, target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const arrow = key.startsWith("Arrow");
  const theirs = key === " " ? PRESSED : arrow ? "input" : TYPING;
  if (!(target instanceof Element) || target.closest(TYPING) || target.closest(theirs)) return;
  const pressed = turned(`${arrow && shiftKey ? "shift " : ""}${key.toLowerCase()}`, rtl);
  return KEYS.find(([, , ...keys]) => keys.includes(pressed))?.[1];
}
