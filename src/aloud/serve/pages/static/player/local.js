/**
 * Local: what a browser keeps for us, if it keeps anything and has room.
 */

/** @param {() => string | null | void} work */
function attempt(work) {
  try {
    return work() ?? "";
  } catch {
    return "";
  }
}

/** @param {string} key @returns {string} "" for nothing */
export const stored = (key) => attempt(() => localStorage.getItem(key));

/** @param {string} key @param {string} value "": forget it */
export const store = (key, value) =>
  attempt(() => (value ? localStorage.setItem(key, value) : localStorage.removeItem(key)));

/** Every key that begins so. @param {string} prefix */
export const storedKeys = (prefix) => {
  /** @type {string[]} */ let keys = [];
  attempt(() => void (keys = Object.keys(localStorage)));
  return keys.filter((key) => key.startsWith(prefix));
};
