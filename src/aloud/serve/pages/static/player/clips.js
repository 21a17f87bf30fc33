/**
 * Clips: without a MediaSource, each utterance is a small file, and two elements take turns.
 */

import { observe, release } from "./finished.js";
import { Runs } from "./runs.js";
import { RUN_UP } from "./timeline.js";

/** @typedef {import("./timeline.js").Place} Place */
/** @typedef {{u: number, url: string, origin: number}} Clip origin: seconds to its first token */

export class Clips {
  kind = /** @type {const} */ ("clips");

  /**
   * @param {HTMLAudioElement[]} audios of which the first two are taken
   * @param {import("./runs.js").Plan} plan
   * @param {import("./timeline.js").Timeline} timeline @param {Place} place
   * @param {import("./runs.js").Hooks} hooks
   */
  constructor(audios, plan, timeline, place, hooks) {
    audios = this.audios = audios.slice(0, 2);
    this.timeline = timeline;
    this.hooks = hooks;
    this.count = plan.utterances;
    this.runs = new Runs(plan, timeline, hooks);
    /** What each element holds. @type {(Clip | null)[]} */ this.clips = [null, null];
    this.turn = 0;
    this.wanted = false; // to be heard: between two clips no element knows it
    this.leaving = false;
    /** @type {Place | null} */ this.target = null;
    /** @type {ArrayBuffer | null} */ this.init = null;
    this._over = new AbortController();
    this._loading = new AbortController();
    audios.forEach((audio, index) => {
      observe(audio, hooks, this._over.signal);
      audio.addEventListener("ended", () => this._next(index), { signal: this._over.signal });
    });
    this.seek(place);
  }

  get audio() {
    return this.audios[this.turn];
  }

  /** @param {Place} place */
  seek(place) {
    this._loading.abort();
    this._loading = new AbortController();
    this.leaving = this.stuck = false;
    this.target = place;
    this.audios.forEach((audio, index) => (audio.pause(), this._drop(index)));
    this._load(place, this.turn, this._loading.signal, true);
    this.hooks.changed();
  }

  /** @returns {Place} */
  where() {
    const clip = this.clips[this.turn];
    if (!clip || this.target) return this.target ?? { u: 0, t: 0 };
    return { u: clip.u, t: this.audio.currentTime - clip.origin };
  }

  /** End with this clip: see Live. */
  handOver() {
    const clip = this.clips[this.turn];
    if (!clip || this.target || clip.u + 1 >= this.count) return null;
    this.leaving = true;
    return clip;
  }

  play() {
    this.wanted = true;
    if (this.stuck) this.seek(this.where());
    return this.clips[this.turn] ? this.audio.play() : Promise.resolve();
  }

  pause() {
    this.wanted = false;
    this.audio.pause();
  }

  /** Ask for nothing more: what there is, is heard. */
  hold() {
    this._loading.abort();
  }

  close() {
    this._over.abort();
    this._loading.abort();
    this.audios.forEach((audio, index) => (release(audio), this._drop(index)));
  }

  /** @param {Place} place @param {number} index of the element
   * @param {AbortSignal} signal @param {boolean} fresh */
  async _load(place, index, signal, fresh) {
    try {
      const made = await this.runs.take(place.u, signal, fresh);
      this.init = made.init ?? this.init;
      const parts = [/** @type {ArrayBuffer} */ (this.init), made.data];
      const url = URL.createObjectURL(new Blob(parts, { type: "audio/mp4" }));
      const t = place.k === undefined ? place.t : this.timeline.starts[place.u][place.k];
      const from = fresh ? Math.max(0, made.origin + t - RUN_UP) : 0;
      this._drop(index);
      this.clips[index] = { u: place.u, url, origin: made.origin };
      this.audios[index].src = url;
      if (from) this.audios[index].currentTime = from;
      if (index === this.turn) this._begin();
    } catch (error) {
      if (signal.aborted) return;
      this.stuck = true;
      const { status } = /** @type {import("./ask.js").Refused} */ (error);
      if (status === 410) this.hooks.broken();
      else this.hooks.failed(/** @type {any} */ (error));
    }
  }

  _begin() {
    const clip = /** @type {Clip} */ (this.clips[this.turn]);
    this.target = null;
    if (this.wanted) this.audio.play().catch(this.hooks.blocked);
    this.hooks.changed();
    if (clip.u + 1 < this.count)
      this._load({ u: clip.u + 1, t: 0 }, 1 - this.turn, this._loading.signal, false);
  }

  /** @param {number} index */
  _next(index) {
    const clip = this.clips[index];
    if (index !== this.turn || !clip) return;
    if (this.leaving || clip.u + 1 >= this.count) return this.hooks.ended();
    this._drop(index);
    this.turn = 1 - index;
    if (this.clips[this.turn]) this._begin();
    else this.target = { u: clip.u + 1, t: 0 };
  }

  /** @param {number} index */
  _drop(index) {
    const clip = this.clips[index];
    if (clip) URL.revokeObjectURL(clip.url);
    this.clips[index] = null;
  }
}
