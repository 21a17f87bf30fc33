/**
 * Memory: where the listener is in an article, and how they like it, kept by the service.
 *
 * A place or a choice is kept on this device too until the service has it: without a network none
 * is lost.
 */

import { get, send } from "./ask.js";
import { store, stored, storedKeys } from "./local.js";

/** @typedef {import("./source.js").Written} Written */
/** @typedef {{block: string, start: number, updated: string, device: string}} Kept */
/** @typedef {{wpm: number | null}} Preferences */
/** @typedef {{wpm?: number, voices?: Record<string, string | null>}} Choice null: none any more */

const EVERY = 5000; // milliseconds between two places that are told while it plays
const SETTLED = 600; // milliseconds after which a choice is taken to be one
const AGAIN = 5000; // milliseconds after which is sent what could not be: a network comes slowly
const CHOICE = "aloud-choice"; // what was chosen and is not sent yet
const PLACE = "aloud-place-"; // and an article: where the listener is in it, until that is sent

export class Memory {
  constructor() {
    /** As the service has them. @type {Preferences | null} */ this.known = null;
    /** What it does not have yet. @type {Choice} */ this.chosen = JSON.parse(stored(CHOICE) || "{}");
    this.article = "";
    this.told = 0;
    this.last = "";
    this.device = stored("aloud-device") || `browser ${Math.random().toString(36).slice(2, 6)}`;
    store("aloud-device", this.device);
    this._over = new AbortController();
    const { signal } = this._over;
    addEventListener("pagehide", () => this._tell(true), { signal });
    addEventListener("online", () => this._resendAll(), { signal });
    this._resendAll();
  }

  close() {
    this._tell(true);
    this._over.abort();
    clearTimeout(this._again);
  }

  /** How fast, in words a minute; null: the usual. Asked of the service where it can be asked. */
  async speed() {
    this.known = await get("/api/preferences").catch(() => this.known);
    return this.chosen.wpm ?? this.known?.wpm ?? null;
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.chosen = { ...this.chosen, ...choice };
    store(CHOICE, JSON.stringify(this.chosen));
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._tell(), SETTLED);
  }

  /** @param {string} language BCP 47 @param {string} voice */
  voice(language, voice) {
    // "en-GB": one for all of English is what is chosen here.
    const voices = { ...this.chosen.voices, [language]: null, [language.split("-")[0]]: voice };
    this.choose({ voices });
  }

  /** Tell the service what was chosen. @param {boolean} [last] nobody is here for its answer */
  async _tell(last = false) {
    clearTimeout(this._timer);
    const told = this.chosen;
    if (!Object.keys(told).length) return;
    // What is on its way must not come again another day, when something else was chosen since.
    if (last && navigator.onLine) store(CHOICE, "");
    try {
      this.known = await (await send("/api/preferences", "PATCH", told, true)).json();
    } catch (error) {
      // 422: a voice that is gone by now.
      if (/** @type {import("./ask.js").Refused} */ (error).status !== 422) return this._later();
    }
    if (this.chosen !== told) return;
    this.chosen = {};
    store(CHOICE, "");
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

  _later() {
    this._again ||= setTimeout(() => this._resendAll(), AGAIN);
  }

  /** Of whatever was listened to without a network. */
  _resendAll() {
    clearTimeout(this._again);
    this._again = 0;
    this._tell();
    for (const key of storedKeys(PLACE)) this._resend(key.slice(PLACE.length));
  }

  async _resend(article = this.article) {
    const kept = this._unsent(article);
    if (!kept) return;
    // keepalive: it arrives though the page is left.
    const url = `/api/articles/${article}/place`;
    const sent = await send(url, "PUT", kept, true).catch((error) => error.status === 404);
    const key = PLACE + article;
    if (!sent) this._later();
    else if (stored(key) === JSON.stringify(kept)) store(key, "");
  }
}
