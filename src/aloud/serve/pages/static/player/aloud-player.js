/**
 * <aloud-player>: the control bar of the listening page, and everything behind it.
 *
 * Attributes: `article` (id), `text` (id of the element that holds the article's blocks),
 * `headline`, `publisher`, `artwork`, `language` for the lock screen and the list of voices,
 * `autoplay`, `expert` (speeds to 550), `strings` (id of a JSON script with the player's words, by
 * the names of strings.js).
 *
 * Events, all bubbling: `aloud-ended` {article, asleep}, `aloud-next` and `aloud-previous`
 * (cancelled by a page that has a queue), `aloud-speed` {wpm, total, left} in seconds at this
 * speed, `aloud-opened` {kind, voice}, `aloud-following` {on}, `aloud-progress` {state, done,
 * total} of the narration, `aloud-failed` {article}.
 */

import { Player } from "./player.js";

export class AloudPlayer extends HTMLElement {
  static observedAttributes = ["article"];
  /** @type {Player | null} */ player = null;
  wanted = false; // the article that is set next shall play

  connectedCallback() {
    this.player = new Player(this);
    const article = this.getAttribute("article");
    if (article) this.player.open(article, this.hasAttribute("autoplay"));
  }

  disconnectedCallback() {
    this.player?.close();
    this.player = null;
  }

  /** @param {string} _name @param {string | null} _before @param {string | null} now */
  attributeChangedCallback(_name, _before, now) {
    if (now) this.player?.open(now, this.wanted);
    this.wanted = false;
  }

  /** Another article, or this one with other words, whose text is on the page by now.
   * @param {string} article @param {boolean} [play] */
  open(article, play = false) {
    this.wanted = play;
    this.setAttribute("article", article);
  }

  /** The words are about to change: ask for no more of the old ones, until `open`. */
  hold() {
    this.player?.source.hold();
  }

  play() {
    this.player?.play();
  }

  pause() {
    this.player?.pause();
  }
}

customElements.define("aloud-player", AloudPlayer);
