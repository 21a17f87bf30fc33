/**
 * Finished: an article whose recording is made is one file in a plain <audio>.
 */

import { before, ROUNDING, RUN_UP } from "./timeline.js";

/** @typedef {import("./timeline.js").Place} Place */
/** @typedef {import("./runs.js").Hooks} Hooks */
/** @typedef {{url: string, format: string, media_type: string, duration: number,
 *   natural_wpm: number, voice: string, revision: number}} Made */

/**
 * Have the state of an element told, as long as `signal` lasts.
 * @param {HTMLAudioElement} audio @param {Hooks} hooks @param {AbortSignal} signal
 */
export function observe(audio, hooks, signal) {
  for (const event of ["play", "playing", "pause", "waiting", "seeking", "seeked", "ratechange"])
    audio.addEventListener(event, () => hooks.changed(), { signal });
  audio.addEventListener("error", () => hooks.broken(), { signal });
}

/** Let go of what an element played. @param {HTMLAudioElement} audio */
export function release(audio) {
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

export class Finished {
  kind = /** @type {const} */ ("finished");

  /**
   * @param {HTMLAudioElement} audio @param {string} url
   * @param {number[]} origins when each utterance's first token is heard, seconds
   * @param {Place} place @param {Hooks} hooks
   */
  constructor(audio, url, origins, place, hooks) {
    this.audio = audio;
    this.origins = origins;
    this.audios = [audio];
    this._over = new AbortController();
    observe(audio, hooks, this._over.signal);
    audio.addEventListener("ended", () => hooks.ended(), { signal: this._over.signal });
    audio.preload = "auto";
    audio.src = url;
    this.seek(place);
  }

  /** @param {Place} place */
  seek({ u, t }) {
    this.audio.currentTime = Math.max(0, this.origins[u] + t - RUN_UP);
  }

  /** @returns {Place} */
  where() {
    const at = this.audio.currentTime;
    const u = before(this.origins, at + ROUNDING);
    return { u, t: at - this.origins[u] };
  }

  /** It can begin at once. @returns {Promise<void>} */
  ready() {
    const { audio } = this;
    return new Promise((done) => {
      const look = () => audio.readyState >= 3 && !audio.seeking && done();
      for (const event of ["canplay", "seeked"])
        audio.addEventListener(event, look, { signal: this._over.signal });
      look();
    });
  }

  play() {
    return this.audio.play();
  }

  pause() {
    this.audio.pause();
  }

  /** It is all there. */
  hold() {}

  close() {
    this._over.abort();
    release(this.audio);
  }
}

/**
 * The first in this voice that this browser plays.
 * @param {Made[]} made @param {string} voice "" is any @returns {Made | undefined}
 */
export const playable = (made, voice) => {
  const probe = document.createElement("audio");
  const fits = made.filter((each) => !voice || each.voice === voice);
  return fits.find(({ media_type }) => probe.canPlayType(media_type));
};
