/**
 * Memory: where the listener is in an article, and how they like it, kept by the service.
 *
 * A place is kept on this device too until the service has it: without a network none is lost.
 */

import { get, send } from "./ask.js";
import { store, stored, storedKeys } from "./local.js";

/** @typedef {import("./source.js").Written} Written */
/** @typedef {{block: string, start: number, updated: string, device: string}} Kept */
/** @typedef {{wpm: number | null, voices: Record<string, string>, locale: string | null}}
 *   Preferences */

const EVERY = 5000; // milliseconds between two places that are told while it plays
const SETTLED = 600; // milliseconds after which a choice is taken to be one
const AGAIN = 5000; // milliseconds after which is sent what could not be: a network comes slowly
const PLACE = "aloud-place-"; // and an article: where the listener is in it, until that is sent

export class Memory {
  constructor() {
    /** As the service has them. @type {Preferences | null} */ this.known = null;
    /** What was chosen since. @type {Partial<Preferences>} */ this.chosen = {};
    this.article = "";
    this.told = 0;
    this.last = "";
    this.device = stored("aloud-device") || `browser ${Math.random().toString(36).slice(2, 6)}`;
    store("aloud-device", this.device);
    this._over = new AbortController();
    const { signal } = this._over;
    addEventListener("pagehide", () => this._flush(), { signal });
    addEventListener("online", () => this._resendAll(), { signal });
    this._resendAll();
  }

  close() {
    this._flush();
    this._over.abort();
    clearTimeout(this._again);
  }

  /** As the listener likes it. @returns {Preferences} */
  get preferences() {
    return { ...(this.known ?? { wpm: null, voices: {}, locale: null }), ...this.chosen };
  }

  /** Ask the service; what there is already where it cannot be asked. */
  async prefer() {
    this.known = await get("/api/preferences").catch(() => this.known);
    return this.preferences;
  }

  /** @param {Partial<Preferences>} changed */
  choose(changed) {
    Object.assign(this.chosen, changed);
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._flush(), SETTLED);
  }

  /** @param {string} language BCP 47 @param {string} voice */
  voice(language, voice) {
    const voices = { ...this.preferences.voices };
    delete voices[language]; // "en-GB": one for all of English is what is chosen here
    this.choose({ voices: { ...voices, [language.split("-")[0]]: voice } });
  }

  async _flush() {
    if (!this._timer) return;
    clearTimeout(this._timer);
    this._timer = 0;
    // All of them are sent: what was never heard of must not be wiped out.
    if (!this.known) await this.prefer();
    if (!this.known) return;
    this.known = this.preferences;
    this.chosen = {};
    send("/api/preferences", "PUT", this.known, true).catch(() => {});
  }

  /**
   * Where the listener is in an article: what this device or the service knows last.
   * @param {string} article @returns {Promise<Kept | null>}
   */
  async recall(article) {
    this.article = article;
    this.last = "";
    const here = this._unsent();
    const there = await get(`/api/articles/${article}/place`).catch(() => null);
    if (!here || (there && Date.parse(there.updated) >= Date.parse(here.updated))) return there;
    this._resend();
    return here;
  }

  /** @param {Written | null} place @param {boolean} [now] not as one of many */
  keep(place, now = false) {
    if (!place || !this.article || (!now && Date.now() - this.told < EVERY)) return;
    const { block, start } = place;
    const known = `${this.article} ${block} ${start}`;
    if (known === this.last) return;
    this.last = known;
    this.told = Date.now();
    const kept = { block, start, updated: new Date().toISOString(), device: this.device };
    store(PLACE + this.article, JSON.stringify(kept));
    this._resend();
  }

  /** @param {string} [article] @returns {Kept | null} */
  _unsent(article = this.article) {
    return JSON.parse(stored(PLACE + article) || "null");
  }

  /** Of whatever was listened to without a network. */
  _resendAll() {
    clearTimeout(this._again);
    this._again = 0;
    for (const key of storedKeys(PLACE)) this._resend(key.slice(PLACE.length));
  }

  async _resend(article = this.article) {
    const kept = this._unsent(article);
    if (!kept) return;
    // keepalive: it arrives though the page is left.
    const url = `/api/articles/${article}/place`;
    const sent = await send(url, "PUT", kept, true).catch((error) => error.status === 404);
    const key = PLACE + article;
    if (!sent) this._again ||= setTimeout(() => this._resendAll(), AGAIN);
    else if (stored(key) === JSON.stringify(kept)) store(key, "");
  }
}
