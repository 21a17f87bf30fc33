/**
 * Timeline: every token of an article in the order in which it is heard, and when that is.
 *
 * A place in the sound is (utterance, seconds since its first token begins), not a time of a file:
 * so it is the same place in a live run, in a clip, and in the finished recording. `Token`s are
 * counted through from the first of the article to the last.
 */

/** @typedef {{block: string, start: number, end: number}} Token span of the block's text */
/** @typedef {{spoken: string, start: number, end: number, block?: string}} Said */
/** @typedef {{block: string, pause_after: number, tokens: Said[]}} Utterance */
/** @typedef {{token: number, start: number, end: number}} Timing of one utterance, seconds */
/** @typedef {{u: number, t: number, k?: number}} Place utterance, seconds from its first token;
 *   k: the token of the utterance that is meant, which is its time as soon as that is known */

// A pause as long as this ends a sentence; between the breaths of one it is shorter.
const SENTENCE_PAUSE = 0.3; // seconds
// Browsers give back a time that was set a little before it.
export const ROUNDING = 0.002; // seconds
// Sound is begun so much before a word: decoders swallow a part of the frame they begin in.
export const RUN_UP = 0.03; // seconds
// How many words' worth a voice's usual speed counts against what was heard of this article.
const TRUST = 60;

/** The last index whose value is not above `x`; 0 where there is none.
 * @param {ArrayLike<number>} values ascending @param {number} x */
export function before(values, x) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export class Timeline {
  /**
   * @param {Utterance[]} utterances
   * @param {number} words spoken words of them all
   * @param {number} natural words a minute, as far as is known before anything is heard
   */
  constructor(utterances, words, natural) {
    /** @type {Token[]} */ this.tokens = [];
    /** Index of each utterance's first token. @type {number[]} */ this.first = [];
    /** Seconds from an utterance's first token to each of its tokens. @type {Float64Array[]} */
    this.starts = [];
    /** Number of the sentence, of the paragraph that an utterance is in.
     * @type {number[]} */ this.sentence = [];
    /** @type {number[]} */ this.paragraph = [];
    /** Seconds from one utterance's first token to the next one's; NaN: not known yet.
     * @type {number[]} */ this.spans = utterances.map(() => NaN);
    this.head = 0; // seconds of silence before the first token
    const text = utterances.map(({ tokens }) => tokens.map((said) => said.spoken).join(" "));
    const spoken = text.map((said) => said.split(" ").length);
    const scale = words / spoken.reduce((a, b) => a + b, 0);
    /** Of each utterance. Not counted as the service does, but as many in all. */
    this.words = spoken.map((each) => each * scale);
    this.usual = natural;
    this.exact = false; // the times of a finished recording
    /** Words a minute of this article in this voice. */ this.natural = natural;
    /** Seconds before each utterance's first token, guessed from its words where not known.
     * @type {number[]} */ this.sums = [];
    this.total = 0; // seconds
    let [sentence, paragraph, ended] = [-1, -1, true];
    utterances.forEach((said, u) => {
      const fresh = u === 0 || utterances[u - 1].block !== said.block;
      if (fresh) paragraph++;
      if (fresh || ended) sentence++;
      this.sentence.push(sentence);
      this.paragraph.push(paragraph);
      ended = said.pause_after >= SENTENCE_PAUSE;
      this.first.push(this.tokens.length);
      for (const { block, start, end } of said.tokens)
        this.tokens.push({ block: block ?? said.block, start, end });
      this.starts.push(new Float64Array(said.tokens.length).fill(NaN));
    });
    this._sums();
  }

  /**
   * Take in when the tokens of utterance `u` are heard, on any clock. The first one's time there.
   * @param {number} u @param {Timing[]} timings @param {number} [fallback] where none has a sound
   */
  learn(u, timings, fallback = 0) {
    const starts = this.starts[u];
    const origin = timings.length ? timings[0].start : fallback;
    starts.fill(NaN);
    for (const { token, start } of timings) starts[token] = start - origin;
    // A token without a sound of its own is heard with the one before it.
    for (let k = 0; k < starts.length; k++)
      if (Number.isNaN(starts[k])) starts[k] = k ? starts[k - 1] : 0;
    return origin;
  }

  /**
   * How long utterance `u` takes, with the pause after it.
   * @param {number} u @param {number} seconds
   */
  measure(u, seconds) {
    if (this.exact || this.spans[u] === seconds) return;
    this.spans[u] = seconds;
    this._sums();
  }

  _sums() {
    let [words, seconds] = [TRUST, (TRUST * 60) / this.usual];
    this.spans.forEach((span, u) => {
      if (!Number.isNaN(span)) [words, seconds] = [words + this.words[u], seconds + span];
    });
    this.natural = (words * 60) / seconds;
    let at = this.head;
    this.sums = this.spans.map((span, u) => {
      const here = at;
      at += Number.isNaN(span) ? (this.words[u] * 60) / this.natural : span;
      return here;
    });
    this.total = at;
  }

  /** Take in the times of a finished recording; when each utterance's first token is heard there.
   * @param {{utterance: number, token: number, start: number, end: number}[]} timings milliseconds
   * @param {number} duration seconds @param {number} natural words a minute of this recording */
  finish(timings, duration, natural) {
    /** @type {Timing[][]} */
    const of = this.first.map(() => []);
    for (const { utterance, token, start, end } of timings)
      of[utterance].push({ token, start: start / 1000, end: end / 1000 });
    let last = 0;
    const origins = of.map((each, u) => (last = this.learn(u, each, last)));
    origins.forEach((origin, u) => (this.spans[u] = (origins[u + 1] ?? duration) - origin));
    this.head = origins[0] ?? 0;
    this._sums();
    this.natural = natural;
    this.exact = true;
    return origins;
  }

  /** The token that is heard at a place. @param {Place} place */
  token({ u, t, k }) {
    const [first, starts] = [this.first[u], this.starts[u]];
    if (k !== undefined || Number.isNaN(starts[0])) return first + (k ?? 0);
    // In the silence before a sentence the one before it is not over.
    return t < -ROUNDING && u ? first - 1 : first + before(starts, t + ROUNDING);
  }

  /** Where a token begins. @param {number} i @returns {Place} */
  place(i) {
    const u = before(this.first, i);
    const k = i - this.first[u];
    return { u, t: this.starts[u][k] || 0, k };
  }

  /** Natural seconds from the article's beginning. @param {Place} place */
  elapsed({ u, t }) {
    return Math.max(0, Math.min(this.total, this.sums[u] + t));
  }

  /** The place so many natural seconds from the beginning. @param {number} seconds */
  after(seconds) {
    const u = before(this.sums, seconds);
    return { u, t: Math.max(0, seconds - this.sums[u]) };
  }

  /**
   * The token that stands at a character of a block, or the first one after it on the page.
   * @param {string} block @param {number} start @param {string[]} [order] ids as the page has them
   */
  find(block, start, order = []) {
    let found = -1;
    this.tokens.forEach((token, i) => {
      if (token.block === block && (found < 0 || token.start <= start)) found = i;
    });
    if (found >= 0) return found;
    const behind = order.slice(order.indexOf(block) + 1 || order.length);
    for (const id of behind) {
      const i = this.tokens.findIndex((token) => token.block === id);
      if (i >= 0) return i;
    }
    return 0;
  }

  /** All tokens of the sentence of an utterance: first, and the one after the last.
   * @param {number} u */
  sentenceOf(u) {
    const number = this.sentence[u];
    const next = this.sentence.indexOf(number + 1, u);
    const end = next < 0 ? this.tokens.length : this.first[next];
    return [this.first[this.sentence.indexOf(number)], end];
  }

  /**
   * Where a skip leads: the next, or back to the beginning of this one, or to the one before.
   * @param {Place} place @param {1 | -1} way @param {"sentence" | "paragraph"} unit
   * @param {number} [grace] seconds from the beginning within which back means the one before
   */
  skip({ u, t }, way, unit, grace = 1.5) {
    const numbers = this[unit];
    let wanted = numbers[u] + (way > 0 ? 1 : 0);
    if (way < 0) {
      const begin = numbers.indexOf(wanted);
      if (this.elapsed({ u, t }) - this.sums[begin] <= grace) wanted--;
    }
    const found = numbers.indexOf(Math.max(0, wanted));
    return found < 0 ? undefined : { u: found, t: 0 };
  }
}
