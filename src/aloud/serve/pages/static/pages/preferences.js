/**
 * Preferences: some of them are changed, and the others stay.
 */

import { get, send } from "../player/ask.js";

/** @typedef {{wpm: number | null, voices: Record<string, string>, locale: string | null, roles: Record<string, string>}} Preferences */

/** @type {Promise<unknown>} */
let latest = Promise.resolve();

/**
 * One after another, so that each is told what the one before it has changed.
 * @param {object} change by RFC 7396: null takes a wish back
 * @returns {Promise<Preferences>} as they were, to be given back
 */
export function prefer(change) {
  const changed = latest.then(async () => {
    /** @type {Preferences} */ const before = await get("/api/preferences");
    await send("/api/preferences", "PATCH", change);
    return before;
  });
  latest = changed.catch(() => {});
  return changed;
}
