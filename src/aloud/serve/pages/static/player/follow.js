/**
 * Follow: the word that is heard is lit in the text, its sentence tinted, and kept in sight.
 *
 * The text is the page's own: elements with `data-block`, each with nothing but its block's text
 * in it. Their DOM is left alone (CSS Custom Highlight), or one <mark> moves through it.
 */

/** @typedef {import("./timeline.js").Token} Token */
/** @typedef {import("./timeline.js").Timeline} Timeline */

const WORD = "aloud-word";
const SENTENCE = "aloud-sentence";
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;
const CAN_PAINT = "Highlight" in globalThis && "highlights" in CSS;
const NEAR = 6; // pixels beside a word that are still the word
// A word is brought to this share of the free height, when it leaves what lies between.
const [TOP, GOAL, BOTTOM] = [0.12, 0.35, 0.8];
const LEAST_FREE = 0.3; // of the window's height: what is taken to be free of a player in any case

export class Follow {
  /**
   * @param {HTMLElement} root of the text
   * @param {object} told
   * @param {(token: number) => void} told.sought
   * @param {(on: boolean) => void} told.following
   * @param {() => number} told.floor pixels from the window's top to what covers the text
   */
  constructor(root, told) {
    this.root = root;
    this.told = told;
    /** @type {Timeline | null} */ this.timeline = null;
    this.on = true; // the page scrolls with the voice
    this.shown = -1;
    this.moving = false;
    this.goal = 0; // pixels from the top of the page
    this._over = new AbortController();
    const { signal } = this._over;
    root.addEventListener("click", (event) => this._clicked(event), { signal });
    for (const event of ["wheel", "touchmove"])
      addEventListener(event, () => this._release(), { signal, passive: true });
    const scrolled = () => (this.moving ? this._moving() : this._release());
    addEventListener("scroll", scrolled, { signal, passive: true });
    // Another window or another text moves it too, and that is nobody's wish.
    addEventListener("resize", () => this._moving(), { signal });
    // What ends may be what the reader began before.
    addEventListener("scrollend", () => this._there() && this._moving(0), { signal });
  }

  close() {
    this._over.abort();
    this.clear();
  }

  clear() {
    this.shown = -1;
    for (const name of [WORD, SENTENCE]) paint(name, null);
  }

  /** The same text as it was before, or another's. @param {Timeline | null} timeline */
  follow(timeline) {
    if (timeline === this.timeline) return;
    this.timeline = timeline;
    this._moving();
    this.clear();
  }

  /** Ids of the blocks in the order of the page. */
  order() {
    const found = this.root.querySelectorAll("[data-block]");
    return [...found].map((element) => element.getAttribute("data-block") ?? "");
  }

  /** Light a token. @param {number} token */
  show(token) {
    const { timeline } = this;
    if (!timeline || token === this.shown || !timeline.tokens[token]) return;
    this.shown = token;
    if (!CAN_PAINT) mark(null); // it splits the text that is to be found now
    const word = this._range(timeline.tokens[token]);
    const u = timeline.place(token).u;
    const [first, end] = timeline.sentenceOf(u);
    const { block, start } = timeline.tokens[first];
    paint(SENTENCE, this._range({ block, start, end: timeline.tokens[end - 1].end }));
    paint(WORD, word);
    if (this.on) this._reveal();
  }

  /** Scroll with the voice again. */
  resume() {
    this._set(true);
    this._reveal();
  }

  _release() {
    if (this.shown >= 0) this._set(false);
  }

  /** @param {boolean} on */
  _set(on) {
    if (on !== this.on) this.told.following((this.on = on));
  }

  _reveal() {
    const token = this.timeline?.tokens[this.shown];
    const box = token && this._range(token)?.getBoundingClientRect();
    const height = Math.max(this.told.floor(), innerHeight * LEAST_FREE);
    if (!box || (box.top > height * TOP && box.bottom < height * BOTTOM)) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = Math.max(0, scrollY + box.top - height * GOAL);
    this.goal = top;
    this._moving();
    scrollTo({ top, behavior: still ? "instant" : "smooth" });
    if (this._there()) this._moving(0);
  }

  _there() {
    return Math.abs(scrollY - this.goal) < 2;
  }

  /** What scrolls now is not the reader. Not every browser tells the end of scrolling, and there
   * may be nothing to scroll. @param {number} [wait] milliseconds */
  _moving(wait = 1000) {
    this.moving = true;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => (this.moving = false), wait);
  }

  /** @param {Token} token @returns {Range | null} */
  _range({ block, start, end }) {
    const element = this._element(block);
    if (!element) return null;
    const text = element.textContent ?? "";
    const indent = text.length - text.trimStart().length;
    const range = document.createRange();
    const from = locate(element, indent + units(text, indent, start));
    const to = locate(element, indent + units(text, indent, end));
    if (!from || !to) return null;
    range.setStart(...from);
    range.setEnd(...to);
    return range;
  }

  /** @param {string} block @returns {HTMLElement | null} */
  _element(block) {
    return this.root.querySelector(`[data-block="${CSS.escape(block)}"]`);
  }

  /** @param {MouseEvent} event */
  _clicked(event) {
    const { timeline } = this;
    const target = /** @type {Element} */ (event.target);
    if (!timeline || event.defaultPrevented || target.closest("a, button, input, select, summary"))
      return;
    if (getSelection()?.isCollapsed === false) return; // text is being selected
    const element = /** @type {HTMLElement | null} */ (target.closest("[data-block]"));
    const caret = element && caretAt(event.clientX, event.clientY);
    if (!element || !caret || !element.contains(caret[0])) return;
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEnd(...caret);
    const at = [...range.toString().trimStart()].length;
    const id = element.dataset.block ?? "";
    // The caret stands between two letters: the word may end or begin there.
    const here = [timeline.find(id, at), timeline.find(id, Math.max(0, at - 1))];
    const found = here.find((i) => timeline.tokens[i].block === id && this._under(i, event));
    if (found !== undefined) this.told.sought(found);
  }

  /** @param {number} i @param {MouseEvent} event */
  _under(i, { clientX: x, clientY: y }) {
    const boxes = this._range(/** @type {Timeline} */ (this.timeline).tokens[i])?.getClientRects();
    return [...(boxes ?? [])].some(
      (box) => box.left - NEAR < x && x < box.right + NEAR && box.top - 1 < y && y < box.bottom + 1,
    );
  }
}

/** Characters as Python counts them, to units of JavaScript's.
 * @param {string} text @param {number} from @param {number} count */
function units(text, from, count) {
  if (!PAIR.test(text)) return count;
  return [...text.slice(from)].slice(0, count).join("").length;
}

/** @param {Node} element @param {number} offset @returns {[Node, number] | null} */
function locate(element, offset) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = /** @type {Text} */ (node);
    if (offset <= length) return [node, offset];
    offset -= length;
  }
  return null;
}

/** @param {number} x @param {number} y @returns {[Node, number] | null} */
function caretAt(x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  if (caret) return [caret.offsetNode, caret.offset];
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : null;
}

/** @param {string} name @param {Range | null} range */
function paint(name, range) {
  if (CAN_PAINT) {
    if (range) CSS.highlights.set(name, new Highlight(range));
    else CSS.highlights.delete(name);
  } else if (name === WORD) mark(range);
}

/** One <mark>, moved. @param {Range | null} range */
function mark(range) {
  const old = document.querySelector(`mark.${WORD}`);
  const parent = old?.parentNode;
  old?.replaceWith(...old.childNodes);
  parent?.normalize();
  if (!range || range.collapsed) return;
  const made = document.createElement("mark");
  made.className = WORD;
  made.append(range.extractContents());
  range.insertNode(made);
}
