/**
 * Cookie: a choice of this browser that the server has to know before it makes a page.
 */

const YEAR = 31_536_000; // seconds

/** @param {string} name @param {string} value "": forget it */
export function cookie(name, value) {
  const age = value ? YEAR : 0;
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax`;
}
