/**
 * Keys: what a key of the keyboard does, while nobody types.
 */

/** @typedef {"toggle" | "back" | "on" | "backFar" | "onFar" | "slower" | "faster" | "help"} Deed */

/** @type {Record<string, Deed>} */
const KEYS = {
  " ": "toggle",
  k: "toggle",
  arrowleft: "back",
  arrowright: "on",
  "shift arrowleft": "backFar",
  "shift arrowright": "onFar",
  "<": "slower",
  ">": "faster",
  "?": "help",
};
const OTHER = { left: "right", right: "left" };

const TYPING = "input:not([type=range]), textarea, select, [contenteditable], dialog";
// What a space presses, and what an arrow moves, is not ours.
const PRESSED = "button, a, summary, audio, video, [role=button]";

/** @param {KeyboardEvent} event @param {boolean} rtl @returns {Deed | undefined} */
export function deed(event, rtl) {
  const { key, shiftKey, target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const arrow = key.startsWith("Arrow");
  const theirs = key === " " ? PRESSED : arrow ? "input" : TYPING;
  if (!(target instanceof Element) || target.closest(TYPING) || target.closest(theirs)) return;
  const pressed = `${arrow && shiftKey ? "shift " : ""}${key.toLowerCase()}`;
  // Forward is to the left where text runs to the left.
  const turned = (/** @type {string} */ way) => OTHER[/** @type {"left"} */ (way)];
  return KEYS[rtl ? pressed.replace(/left|right/, turned) : pressed];
}
