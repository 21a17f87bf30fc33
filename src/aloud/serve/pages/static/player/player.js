/**
 * Player: the control bar at work. What is pressed goes to the source of the sound, and what that
 * tells is shown: in the bar, in the text, on the lock screen, and to the page as events.
 */

import { controls, PAUSE, PLAY, redraw, set } from "./controls.js";
import { showSpeed, showTimes } from "./dials.js";
import { fill } from "./fill.js";
import { Follow } from "./follow.js";
import { deed } from "./keys.js";
import { Memory } from "./memory.js";
import { clock, NORMAL, STEP, stepped } from "./pace.js";
import { describe, takeHold } from "./session.js";
import { Sleep } from "./sleep.js";
import { Source } from "./source.js";
import { Train } from "./train.js";
import { offer } from "./voices.js";

const FINE = 5; // seconds of listening that an arrow key moves the position
const COARSE = 30; // likewise, of page up and down

export class Player {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    const told = document.getElementById(this._attribute("strings"))?.textContent;
    /** @type {import("./strings.js").Strings} */
    const strings = (this.strings = JSON.parse(told ?? "{}"));
    this.memory = new Memory();
    this.sleep = new Sleep();
    this.train = new Train();
    this._over = new AbortController();
    const on = (this.on = controls(host, this._over.signal));
    this.dragging = false;
    this.frame = 0;
    this.told = "";
    const [sampler, ...audios] = on.audios;
    this.sampler = sampler;
    this.source = new Source(audios, {
      changed: () => this._changed(),
      opened: () => this._opened(),
      ended: () => this._ended(),
      blocked: () => this._say(strings.press),
      trouble: (trouble) => this._trouble(trouble),
      progress: (progress) => this.tell("progress", progress),
    });
    this.follow = new Follow(document.getElementById(this._attribute("text")) ?? document.body, {
      sought: (token) => {
        this.go(this.source.timeline?.place(token));
        this.play();
      },
      following: (following) => {
        this._behind();
        this.tell("following", { on: following });
      },
      // What is above the bar can be read; a bar that does not stick there hides nothing.
      floor: () => Math.min(innerHeight, host.getBoundingClientRect().top),
    });
    on.train.value = String(this.train.goal || "");
    this._listen();
    takeHold({
      play: () => this.play(),
      pause: () => this.pause(),
      sentence: (way) => this.skip(way, "sentence"),
      track: (way) => this.tell(way > 0 ? "next" : "previous") && this.skip(way, "paragraph"),
      seek: (seconds) => this._seek(seconds),
    });
  }

  _listen() {
    const { on, sampler } = this;
    const { signal } = this._over;
    /** @type {(of: EventTarget, names: string, does: (event: any) => void) => void} */
    const when = (of, names, does) =>
      names.split(" ").forEach((name) => of.addEventListener(name, does, { signal }));
    when(on.play, "click", () => this.toggle());
    when(on.back, "click", () => this.skip(-1, "sentence"));
    when(on.on, "click", () => this.skip(1, "sentence"));
    when(on.position, "input", () => ((this.dragging = true), this._times()));
    when(on.position, "change", () => this._dropped());
    when(on.position, "keydown", (event) => this._nudge(event));
    when(on.voice, "change", () => this._chooseVoice());
    when(on.sample, "click", () => this._hearSample());
    when(on.speed, "input", () => this.speed(on.speed.valueAsNumber));
    for (const each of on.paces) when(each, "click", () => this.speed(Number(each.value)));
    when(on.sleep, "change", () => this.sleep.choose(on.sleep.value));
    when(on.train, "change", () => this._goal(Number(on.train.value)));
    when(on.follow, "click", () => this.follow.resume());
    when(on.help, "click", () => on.dialog.showModal());
    when(on.close, "click", () => on.dialog.close());
    when(sampler, "play pause ended", () => {
      on.sample.textContent = this.strings[sampler.paused ? "sample" : "stopSample"];
    });
    for (const audio of this.source.audios) when(audio, "timeupdate", () => this._moved());
    when(document, "keydown", (event) => this._key(event));
    when(document, "visibilitychange", () => this._keep(true));
    when(globalThis, "pagehide", () => this._keep(true));
  }

  close() {
    this._keep(true);
    this._over.abort();
    this.source.close();
    this.follow.close();
    this.memory.close();
    this.sampler.pause();
  }

  /** @param {string} article @param {boolean} play */
  async open(article, play) {
    this._keep(true);
    if (article !== this.source.article) this.follow.resume();
    this.source.close();
    this.follow.follow(null);
    describe(...["headline", "publisher", "artwork"].map((name) => this._attribute(name)));
    const [place, wpm] = await Promise.all([this.memory.recall(article), this.memory.speed()]);
    if (this._attribute("article") !== article || this._over.signal.aborted) return;
    this.source.order = this.follow.order();
    this.speed(wpm ?? NORMAL, false);
    await this.source.open(article, { place, play: play || this.source.playing });
    // Without a network there is nothing to choose from.
    offer(this.on.voice, this._attribute("language"), this.source.voice).catch(() => {});
  }

  play() {
    this._say("");
    this.sampler.pause();
    this.source.unlock();
    this.follow.resume();
    if (!this.source.playing) this.source.play();
  }

  pause() {
    this.source.pause();
    this._keep(true);
  }

  toggle() {
    if (this.source.playing) this.pause();
    else this.play();
  }

  /** @param {1 | -1} way @param {"sentence" | "paragraph"} unit */
  skip(way, unit) {
    this.go(this.source.timeline?.skip(this.source.where(), way, unit, this.source.rate));
  }

  /** @param {import("./timeline.js").Place} [place] */
  go(place) {
    this.source.seek(place);
    this._keep(true);
  }

  /** @param {number} seconds natural ones */
  _seek(seconds) {
    this.go(this.source.timeline?.after(seconds));
  }

  /** @param {number} wpm @param {boolean} [chosen] by the listener just now */
  speed(wpm, chosen = true) {
    const { speed } = this.on;
    // Who chose more than the slider has was an expert then.
    const wish = stepped(wpm, chosen ? Number(speed.max) : undefined);
    if (wish > Number(speed.max)) speed.max = String(wish);
    speed.valueAsNumber = wish;
    this.source.pace(wish);
    if (chosen) this.memory.choose({ wpm: wish });
    this._changed();
  }

  /** @param {string} name @param {object} [detail] @returns {boolean} nobody cancelled it */
  tell(name, detail) {
    const options = { detail, bubbles: true, cancelable: true };
    return this.host.dispatchEvent(new CustomEvent(`aloud-${name}`, options));
  }

  /** @param {string} name */
  _attribute(name) {
    return this.host.getAttribute(name) ?? "";
  }

  /** @param {boolean} [now] */
  _keep(now) {
    if (this.source.sound) this.memory.keep(this.source.written(), now);
  }

  /** @param {string} text */
  _say(text) {
    set(this.on.status, text);
  }

  /** @param {import("./ask.js").Refused | null} trouble */
  _trouble(trouble) {
    const { away, failed } = this.strings;
    if (!trouble) return this._say("");
    this._say(trouble.passing ? away : `${failed} ${trouble.message} ${trouble.hint}`.trim());
    if (!trouble.passing) this.tell("failed", { article: this.source.article });
  }

  _opened() {
    const { sound, timeline, voice } = this.source;
    this.follow.follow(timeline);
    // The only one until the others are known.
    if (!this.on.voice.length) this.on.voice.add(new Option(voice));
    this.tell("opened", { kind: sound?.kind, voice });
  }

  _changed() {
    const { on, source, strings } = this;
    const { playing } = source;
    if (playing) redraw(on.play, PAUSE, strings.pause);
    else redraw(on.play, PLAY, strings.play);
    if (!playing) this.train.rest();
    this.host.ariaBusy = String(source.waiting);
    this._behind();
    this._moved();
    this._speeds();
    if (playing && !this.frame) this._run();
  }

  /** The voice is heard, and the reader is somewhere else. */
  _behind() {
    this.on.follow.hidden = this.follow.on || !this.source.playing;
  }

  /** Frame by frame, as long as it plays: the word that is heard. */
  _run() {
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.follow.show(this.source.token());
      if (this.source.playing) this._run();
    });
  }

  /** The sound went on, or is somewhere else: what need not be known to the frame. */
  _moved() {
    const { source } = this;
    if (!source.timeline) return;
    if (!this.frame) this.follow.show(source.token());
    if (source.playing) {
      this._keep();
      const faster = this.train.due(source.wpm);
      if (faster) this._trained(faster);
      if (this.sleep.due()) {
        this.on.sleep.value = "";
        this.pause();
        this._say(this.strings.slept);
      }
    }
    this._times();
  }

  /** @param {number} goal words a minute, 0 for none */
  _goal(goal) {
    this.train.choose(goal);
    this._say(goal ? fill(this.strings.training, { n: goal }) : "");
  }

  /** @param {number} wpm */
  _trained(wpm) {
    this.speed(wpm);
    if (wpm < this.train.goal) return;
    this._say(fill(this.strings.arrived, { n: wpm }));
    this.train.choose(0);
    this.on.train.value = "";
  }

  _times() {
    showTimes(this.on, this.source, this.strings, this.dragging);
  }

  _dropped() {
    this.dragging = false;
    this._seek(this.on.position.valueAsNumber * this.source.rate);
  }

  /** @param {KeyboardEvent} event */
  _nudge(event) {
    const { key } = event;
    const size = key.startsWith("Page") ? COARSE : key.startsWith("Arrow") ? FINE : 0;
    if (!size) return;
    const back = ["PageDown", "ArrowDown", this._rtl ? "ArrowRight" : "ArrowLeft"].includes(key);
    event.preventDefault();
    this.on.position.valueAsNumber += back ? -size : size;
    this._dropped();
  }

  get _rtl() {
    return getComputedStyle(this.host).direction === "rtl";
  }

  _speeds() {
    const { wpm, total, left } = showSpeed(this.on, this.source, this.strings);
    const told = `${Math.round(wpm)} ${clock(total)}`;
    if (this.told === told) return;
    this.told = told;
    this.tell("speed", { wpm, total, left });
  }

  _chooseVoice() {
    const { source } = this;
    const voice = this.on.voice.value;
    const language = this._attribute("language");
    if (language) this.memory.voice(language, voice);
    this.sampler.pause();
    source.open(source.article, { voice, place: source.written() });
  }

  _hearSample() {
    const { sampler } = this;
    if (!sampler.paused) return sampler.pause();
    const id = this.on.voice.value;
    this.pause();
    sampler.src = `/api/voices/${id}/sample.mp3`;
    sampler.play().catch(() => this._say(this.strings.failed));
  }

  _ended() {
    const asleep = this.sleep.atEnd;
    if (asleep) this.sleep.choose((this.on.sleep.value = ""));
    this._keep(true);
    this.tell("ended", { article: this.source.article, asleep });
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const does = deed(event, this._rtl);
    if (!does) return;
    event.preventDefault();
    const { wpm } = this.source;
    if (does === "toggle") this.toggle();
    else if (does === "help") this.on.dialog.showModal();
    else if (does === "slower") this.speed(wpm - STEP);
    else if (does === "faster") this.speed(wpm + STEP);
    else this.skip(does.startsWith("on") ? 1 : -1, does.endsWith("Far") ? "paragraph" : "sentence");
  }
}
