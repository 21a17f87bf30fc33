/**
 * Live: an article is heard while it is being spoken, through a MediaSource.
 *
 * The clock of the media element means nothing by itself: each part knows which utterance it is
 * and where on that clock it lies. A jump opens a new run, further on on the same clock, so that
 * element, rate and permission to play stay what they are.
 */

import { observe, release } from "./finished.js";
import { Runs } from "./runs.js";
import { ROUNDING, RUN_UP } from "./timeline.js";

/** @typedef {import("./timeline.js").Place} Place */
/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {import("./runs.js").Hooks} Hooks */
/** @typedef {{u: number, from: number, to: number, origin: number}} Part on the element's clock */

const TYPE = 'audio/mp4; codecs="mp4a.40.2"';
const AHEAD = 25; // seconds of listening that are fetched in advance
const AT_REST = 8; // seconds likewise, while nobody has asked to hear it
const BEHIND = 15; // seconds that are kept, for a step back
const FOREVER = 1e6; // seconds; one cannot seek beyond the duration
const ROOM = 100; // seconds before a jump's landing, for what of its utterance is not heard
const FRAMES = 0.1; // seconds
const SOON = 1.5; // seconds of listening before a planned end

/** The kind of MediaSource this browser has: an iPhone has the managed one only.
 * @returns {typeof MediaSource | undefined} */
export function kind() {
  const has = /** @type {any} */ (globalThis);
  const found = has.MediaSource ?? has.ManagedMediaSource;
  return found?.isTypeSupported(TYPE) ? found : undefined;
}

export class Live {
  kind = /** @type {const} */ ("live");

  /**
   * @param {HTMLAudioElement[]} audios of which the first is taken
   * @param {import("./runs.js").Plan} plan
   * @param {Timeline} timeline @param {Place} place @param {Hooks} hooks
   */
  constructor([audio], plan, timeline, place, hooks) {
    this.audio = audio;
    this.timeline = timeline;
    this.hooks = hooks;
    this.audios = [audio];
    this.count = plan.utterances;
    this.runs = new Runs(plan, timeline, hooks);
    /** @type {Part[]} */ this.parts = [];
    /** Where a jump leads, until there is sound. @type {Place | null} */ this.target = place;
    this.end = 0; // of all parts there ever were
    this.stuck = false; // it gave up: the next wish to play begins anew
    this._over = new AbortController();
    this._feeding = new AbortController();
    /** Told when it may be hungry again. @type {(value?: unknown) => void} */
    this.wake = () => {};
    const wake = () => this.wake();
    const { signal } = this._over;
    observe(audio, hooks, signal);
    for (const event of ["play", "timeupdate", "seeking", "ratechange"])
      audio.addEventListener(event, wake, { signal });
    audio.addEventListener("ended", () => hooks.ended(), { signal });
    audio.addEventListener("waiting", () => this._lost(), { signal });

    const Source = /** @type {typeof MediaSource} */ (kind());
    this.source = new Source();
    this.source.addEventListener("startstreaming", wake);
    // Without this a managed source never opens: it cannot be sent to another device.
    if (!("MediaSource" in globalThis)) audio.disableRemotePlayback = true;
    /** Work on the buffer, one after another. @type {Promise<unknown>} */
    this.work = new Promise((open) => {
      this.source.addEventListener("sourceopen", open, { once: true });
    }).then(() => {
      URL.revokeObjectURL(url);
      this.source.duration = FOREVER;
      this.buffer = this.source.addSourceBuffer(TYPE);
      this.buffer.addEventListener("bufferedchange", () => this._lost());
    });
    const url = URL.createObjectURL(this.source);
    audio.src = url;
    this._jump(place);
  }

  /** @param {Place} place */
  seek(place) {
    const part = this.parts.find(({ u }) => u === place.u);
    const at = part && Math.max(part.from, part.from + part.origin + place.t - RUN_UP);
    if (at === undefined || this.stuck || !this._buffered(at)) return this._jump(place);
    this.audio.currentTime = at;
  }

  /** @returns {Place} */
  where() {
    const at = this.audio.currentTime;
    if (this.target || !this.parts.length) return this.target ?? { u: 0, t: 0 };
    const part = this.parts.findLast(({ from }) => from <= at + ROUNDING) ?? this.parts[0];
    return { u: part.u, t: at - part.from - part.origin };
  }

  /**
   * End with a sentence that is about to end, in its pause: what was appended after it is taken
   * away. Its utterance and its first token's lead, or null when nothing follows.
   */
  handOver() {
    const { audio, parts } = this;
    const soon = audio.currentTime + SOON * audio.playbackRate;
    const part = parts.find(({ to }) => to >= soon);
    if (!part || this.target || part.u + 1 >= this.count) return null;
    this._feeding.abort();
    parts.length = parts.indexOf(part) + 1;
    this._do(async () => {
      await this._remove(part.to, FOREVER);
      if (this.source.readyState === "open") this.source.endOfStream();
    });
    return part;
  }

  play() {
    if (this.stuck) this._jump(this.where());
    return this.audio.play();
  }

  pause() {
    this.audio.pause();
  }

  /** Ask for nothing more: what there is, is heard. */
  hold() {
    this._feeding.abort();
  }

  close() {
    this._over.abort();
    this._feeding.abort();
    release(this.audio);
  }

  /** @param {Place} place */
  _jump(place) {
    this._feeding.abort();
    this._feeding = new AbortController();
    this.parts = [];
    this.target = place;
    this.stuck = false;
    const from = (this.end = Math.ceil(Math.max(this.end, this.audio.currentTime)) + ROOM);
    const { signal } = this._feeding;
    this._do(async () => {
      if (signal.aborted) return;
      if (this.source.readyState === "ended") this._buffer.timestampOffset = from; // opens it again
      if (this.source.duration !== FOREVER) this.source.duration = FOREVER;
      this.audio.currentTime = from; // silent at once
      await this._remove(0, FOREVER);
    });
    this._feed(place, from, signal).catch((error) => {
      if (signal.aborted || this._over.signal.aborted) return;
      this.stuck = true;
      // 410: the article has other words by now.
      if (error.status === 410) this.hooks.broken();
      else this.hooks.failed(error);
    });
    this.hooks.changed();
  }

  /** @param {Place} place @param {number} from @param {AbortSignal} signal */
  async _feed(place, from, signal) {
    for (let u = place.u; u < this.count; u++) {
      const first = u === place.u;
      const made = await this.runs.take(u, signal, first);
      await this._do(async () => {
        if (signal.aborted) return;
        // The token that was asked for is heard where the element already waits.
        const t = place.k === undefined ? place.t : this.timeline.starts[u][place.k];
        const start = first ? from - made.origin - t + RUN_UP : this.end;
        if (made.init) await this._append(made.init);
        this._buffer.timestampOffset = start;
        await this._append(made.data);
        if (signal.aborted) return;
        this.end = start + made.seconds;
        this.parts.push({ u, from: start, to: this.end, origin: made.origin });
        if (first) {
          if (Math.abs(this.audio.currentTime - from) > ROUNDING) this.audio.currentTime = from;
          this.target = null;
          this.hooks.changed();
        }
        this._lost();
        await this._forget();
      });
      while (!signal.aborted && !this._hungry()) await new Promise((wake) => (this.wake = wake));
      if (signal.aborted) return;
    }
    await this._do(async () => !signal.aborted && this.source.endOfStream());
  }

  _hungry() {
    const { audio, source } = this;
    const ahead = this.end - audio.currentTime;
    const wanted = audio.paused ? AT_REST : AHEAD;
    return ahead < wanted * audio.playbackRate && /** @type {any} */ (source).streaming !== false;
  }

  async _forget() {
    const until = this.audio.currentTime - BEHIND;
    if (this.parts[0].to > until - BEHIND) return;
    this.parts = this.parts.filter(({ to }) => to > until);
    await this._remove(0, this.parts[0].from);
  }

  /** A managed source may take from us what it likes: then it is fetched again. */
  _lost() {
    const { currentTime } = this.audio;
    const [first, last] = [this.parts[0], this.parts.at(-1)];
    if (!first || !last || this.target || this._buffered(currentTime)) return;
    // The last sound of all may fall short of its end by a part of a frame.
    if (first.from <= currentTime && currentTime < last.to - FRAMES) this._jump(this.where());
  }

  get _buffer() {
    return /** @type {SourceBuffer} */ (this.buffer);
  }

  /** @param {number} at */
  _buffered(at) {
    const ranges = this._buffer.buffered;
    for (let i = 0; i < ranges.length; i++)
      if (ranges.start(i) <= at + ROUNDING && at < ranges.end(i)) return true;
    return false;
  }

  /** @param {() => Promise<unknown>} work */
  _do(work) {
    const done = this.work.then(() => (this._over.signal.aborted ? null : work()));
    this.work = done.catch(() => null); // who asked for it hears of it
    return done;
  }

  /** @param {ArrayBuffer} data */
  async _append(data) {
    this._buffer.appendBuffer(data);
    await this._updated();
  }

  /** @param {number} from @param {number} to */
  async _remove(from, to) {
    const { buffered } = this._buffer;
    if (!buffered.length || from >= buffered.end(buffered.length - 1)) return;
    this._buffer.remove(from, to);
    await this._updated();
  }

  _updated() {
    return new Promise((done, failed) => {
      this._buffer.addEventListener("updateend", done, { once: true });
      this._buffer.addEventListener("error", failed, { once: true });
    });
  }
}
