/**
 * Source: what an article is heard from, and the change from one to another while it is heard.
 *
 * A finished recording is one file. Until there is one, it is heard live; when the file comes, it
 * takes over in the pause between two sentences, at the same place and speed.
 */

import { get, patiently, Refused } from "./ask.js";
import { Finished, playable } from "./finished.js";
import { kind, Live } from "./live.js";
import { rateFor } from "./pace.js";
import { RUN_UP, Timeline } from "./timeline.js";

/** @typedef {import("./timeline.js").Place} Place */
/** @typedef {import("./runs.js").Plan} Plan */
/** @typedef {{block: string, start: number}} Written a character of a block */
/** @typedef {import("./finished.js").Made} Made */
/** @typedef {Finished | Live | import("./clips.js").Clips} Sound */
/** @typedef {import("./runs.js").Told} Told */
/** @typedef {{voice?: string, place?: Written | null, play?: boolean}} Wish */

const USUAL = 190; // words a minute of a voice that nobody knows
const MOST_BROKEN = 4; // sounds that break one after another

export class Source {
  /**
   * @param {HTMLAudioElement[]} audios three: two for clips, and one for the file that follows
   * @param {Told} told
   */
  constructor(audios, told) {
    this.audios = audios;
    this.told = told;
    /** @type {Sound | null} */ this.sound = null;
    /** The finished file that is ready to take over. @type {Finished | null} */ this._next = null;
    /** What is heard last before it does. @type {{u: number, origin: number} | null} */
    this._after = null;
    /** @type {Written | null} */ this._place = null;
    /** Where it was last sent. @type {Place | null} */ this._sought = null;
    /** @type {EventSource | null} */ this._events = null;
    this._unlocked = this._stuck = false;
    /** @type {Timeline | null} */ this.timeline = null;
    this.playing = false; // or wanted to
    this.over = false; // heard to its end
    this.wpm = 200;
    this.voice = "";
    this.article = "";
    /** Block ids in the order of the page. @type {string[]} */ this.order = [];
    this.broken = 0;
    this._turn = new AbortController();
  }

  /**
   * Begin with an article, or with the same one anew.
   * @param {string} article @param {Wish} wish
   */
  async open(article, { voice = "", place = null, play = this.playing } = {}) {
    this.close();
    this._turn = new AbortController();
    this.article = article;
    this.over = this._stuck = false;
    this._place = place;
    this.playing = play;
    this.told.changed();
    const { signal } = this._turn;
    try {
      /** @type {{recordings: Made[], reading: {revision: number} | null, outdated: boolean}} */
      const { recordings, reading, outdated } = await this._asked("");
      const now = reading?.revision;
      // Without a network what was kept is better than nothing.
      const serves = !outdated || !navigator.onLine;
      const current = recordings.filter((each) => serves && (!now || each.revision === now));
      let made = playable(current, voice);
      if (!made) {
        /** @type {Plan} */ const plan = await this._asked("/live", voice);
        made = playable(plan.finished ?? [], plan.voice);
        if (!made) return await this._live(plan);
      }
      const timing = await this._timing(made);
      const { utterances, words } = timing.script;
      const timeline = new Timeline(utterances, words, made.natural_wpm);
      const origins = timeline.finish(timing.timings, made.duration, made.natural_wpm);
      const { url } = made;
      const [audio] = this.audios;
      this._opened(made.voice, timeline, (...at) => new Finished(audio, url, origins, ...at));
    } catch (error) {
      if (!signal.aborted) this._fail(/** @type {Error} */ (error));
    }
  }

  /**
   * What the service says of the article; asked until it says it.
   * @param {string} of @param {string} [voice] @param {string} [more] @returns {Promise<any>}
   */
  _asked(of, voice, more = "") {
    const query = voice ? `?voice=${encodeURIComponent(voice)}${more}` : "";
    const { signal } = this._turn;
    const url = `/api/articles/${this.article}${of}${query}`;
    return patiently(() => get(url, { signal }), signal, this.told.trouble);
  }

  /** @param {Made} made */
  _timing({ voice, format }) {
    return this._asked("/timing.json", voice, `&format=${format}`);
  }

  /** Nothing is heard any more. */
  close() {
    this._turn.abort();
    this.sound?.close();
    this._next?.close();
    this.sound = this._next = this._after = this.timeline = null;
    this._events?.close();
  }

  /** The words are about to change: ask for no more of the old ones, until `open`. */
  hold() {
    if (this.sound) this.sound.hold();
    else this._turn.abort();
  }

  /** To be called in answer to a press: it also lets the other elements play later on. */
  unlock() {
    if (this._unlocked) return;
    this._unlocked = true;
    for (const audio of this.audios) if (!audio.src) audio.load();
  }

  play() {
    if (!this.sound && this.playing) return;
    this.playing = true;
    if (this._stuck) return this._anew();
    if (this.over) this.sound?.seek({ u: 0, t: 0 });
    this.over = false;
    this._play();
    this.told.changed();
  }

  pause() {
    this.playing = false;
    this.sound?.pause();
    this._takeOver();
    this.told.changed();
  }

  /** @param {Place} [place] */
  seek(place) {
    if (!place || !this.sound) return;
    this.over = false;
    this._sought = place;
    if (this._next) this._takeOver(place);
    else this.sound.seek(place);
    this.pace();
    this.told.changed();
  }

  /** @returns {Place} */
  where() {
    const at = this.sound?.where() ?? { u: 0, t: 0 };
    const { timeline, _sought: sought } = this;
    if (!sought || !timeline) return at;
    const { u, k } = sought;
    const place = k === undefined ? sought : timeline.place(timeline.first[u] + k);
    // Sound begins a little before the word that was sought: it is that word nevertheless.
    const early = timeline.elapsed(place) - timeline.elapsed(at);
    return early > 0 && early < 2 * RUN_UP ? place : at;
  }

  /** The token that is heard now. */
  token() {
    return this.timeline?.token(this.where()) ?? -1;
  }

  /** The place as text has it. @returns {Written | null} */
  written() {
    // Who has heard it to the end begins at the beginning next time.
    const token = this.timeline?.tokens[this.over ? 0 : this.token()];
    return token ? { block: token.block, start: token.start } : this._place;
  }

  /** Of the element, for the speed that is wished for. */
  get rate() {
    return this.timeline ? rateFor(this.wpm, this.timeline.natural) : 1;
  }

  /** Sound is wanted and there is none yet. */
  get waiting() {
    const { sound } = this;
    return this.playing && (!sound || sound.audio.readyState < 3 || sound.audio.seeking);
  }

  /** @param {number} [wpm] what is wished for; left out: as before */
  pace(wpm = this.wpm) {
    this.wpm = wpm;
    for (const audio of [...(this.sound?.audios ?? []), ...(this._next?.audios ?? [])])
      if (Math.abs(audio.playbackRate / this.rate - 1) > 0.002)
        audio.playbackRate = audio.defaultPlaybackRate = this.rate;
  }

  _play() {
    this.pace();
    this.sound?.play().catch((error) => this._blocked(error));
  }

  /** @param {Error} error */
  _blocked(error) {
    // AbortError: something else was wished for meanwhile.
    if (error.name !== "NotAllowedError") return;
    this.playing = false;
    this.told.blocked();
    this.told.changed();
  }

  /** @param {Plan} plan */
  async _live(plan) {
    const { voice } = plan;
    // Hardly a browser is without a MediaSource any more: the others wait a little longer.
    const [{ utterances, words }, known, Kind] = await Promise.all([
      this._asked("/script.json", voice),
      get(`/api/voices/${voice}`).catch(() => null),
      kind() ? Live : import("./clips.js").then(({ Clips }) => Clips),
    ]);
    const timeline = new Timeline(utterances, words, known?.natural_wpm || USUAL);
    this._opened(voice, timeline, (...at) => new Kind(this.audios, plan, timeline, ...at));
    const events = (this._events = new EventSource(`/api/articles/${this.article}/events`));
    // Without the file it is heard live to its end.
    events.addEventListener("done", () => this._done(plan).catch(() => {}));
    for (const name of ["progress", "done", "failed", "cancelled"])
      events.addEventListener(name, ({ data }) => {
        if (name !== "progress") events.close();
        this.told.progress(JSON.parse(data));
      });
  }

  /**
   * @param {string} voice @param {Timeline} timeline
   * @param {(start: Place, hooks: import("./runs.js").Hooks) => Sound} make
   */
  _opened(voice, timeline, make) {
    const { _place: place } = this;
    this.voice = voice;
    this.timeline = timeline;
    this._sought = place
      ? timeline.place(timeline.find(place.block, place.start, this.order))
      : { u: 0, t: -timeline.head };
    this.sound = make(this._sought, this._hooks(() => this.sound));
    this.pace();
    this.told.trouble(null);
    this.told.opened();
    if (this.playing) this._play();
    this.told.changed();
  }

  /**
   * What a sound may tell, as long as it is the one that is heard.
   * @param {() => Sound | null | undefined} mine
   * @returns {import("./runs.js").Hooks}
   */
  _hooks(mine) {
    const heard = () => this.sound !== null && this.sound === mine();
    return {
      changed: () => {
        if (!heard()) return;
        const { audio } = /** @type {Sound} */ (this.sound);
        // Somebody else paused or went on: a headset, a telephone call.
        const idle = audio.readyState < 3 || audio.ended || this.sound?.kind === "clips";
        if (!idle) this.playing = !audio.paused;
        if (!audio.paused && !audio.seeking) this.broken = 0;
        this.told.changed();
      },
      ended: () => {
        if (!heard()) return;
        if (this._next) return this._takeOver();
        this.playing = false;
        this.over = true;
        this.told.changed();
        this.told.ended();
      },
      broken: () => heard() && this._broken(),
      trouble: (trouble) => heard() && this.told.trouble(trouble),
      failed: (error) => heard() && this._fail(error),
      blocked: (error) => heard() && this._blocked(error),
      learned: () => {
        if (!heard()) return;
        this.pace();
        this._handOver();
        this.told.changed();
      },
    };
  }

  _broken() {
    if (++this.broken > MOST_BROKEN) this._fail(new Refused(404));
    else this._anew();
  }

  _anew() {
    this.open(this.article, { voice: this.voice, place: this.written() });
  }

  /** @param {Error} error */
  _fail(error) {
    this._stuck = !this.sound || this.broken > MOST_BROKEN;
    this.broken = 0;
    this.playing = false;
    this.sound?.pause();
    const trouble = "status" in error ? error : new Refused(500, `${error}`);
    this.told.trouble(/** @type {Refused} */ (trouble));
    this.told.changed();
  }

  /** The recording is made: have it ready. @param {Plan} plan */
  async _done({ voice, revision }) {
    const { signal } = this._turn;
    /** @type {{recordings: Made[]}} */ const { recordings } = await this._asked("");
    const made = playable(recordings.filter((each) => each.revision === revision), voice);
    if (!made) return;
    const { timings } = await this._timing(made);
    const { timeline } = this;
    if (signal.aborted || !timeline) return;
    const origins = timeline.finish(timings, made.duration, made.natural_wpm);
    const hooks = this._hooks(() => next);
    const next = new Finished(this.audios[2], made.url, origins, this.where(), hooks);
    this._next = next;
    this.pace();
    this.told.changed();
    await next.ready();
    this._handOver();
  }

  /** Let the finished file take over where nothing is heard: as soon as that can be planned. */
  _handOver() {
    const { sound, _next: next } = this;
    if (!next || !sound || sound.kind === "finished" || this._after) return;
    if (next.audio.readyState < 3) return;
    if (!this.playing) return this._takeOver();
    this._after = sound.handOver();
    // Where the pause that is heard then would have ended, had it gone on.
    if (this._after) next.seek({ u: this._after.u + 1, t: -this._after.origin });
  }

  /** The finished file is heard from now on. @param {Place} [place] */
  _takeOver(place) {
    const { sound, _next: next, _after: after } = this;
    if (!next || !sound) return;
    const planned = after && sound.audio.ended;
    const ended = sound.audio.ended && !after;
    if (place || !planned) next.seek(place ?? sound.where());
    this.sound = next;
    this._sought = place ?? null;
    this._next = this._after = null;
    sound.close();
    // The elements change places: the first is the one that is heard.
    this.audios = [next.audio, ...this.audios.filter((audio) => audio !== next.audio)];
    if (this.playing && !ended) this._play();
    this.told.opened();
    if (ended && !this.over) this._hooks(() => next).ended();
  }
}
