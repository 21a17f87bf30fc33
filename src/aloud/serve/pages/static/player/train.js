/**
 * Train: the speed goes up by itself, a little after every few minutes of listening, to a goal.
 */

import { NORMAL, stepped, STEP } from "./pace.js";
import { store, stored } from "./local.js";

const STEP_AFTER = 180; // seconds of listening between two steps
const LONGEST = 5; // seconds between two looks, while the voice is heard
const KEY = "aloud-train";

export class Train {
  constructor() {
    this.goal = Number(stored(KEY)) || 0; // 0: nobody trains
    this.heard = 0; // seconds since the last step
    this.seen = Infinity; // milliseconds
  }

  /** @param {number} goal words a minute, 0: no more */
  choose(goal) {
    this.goal = goal;
    this.heard = 0;
    store(KEY, goal ? String(goal) : "");
  }

  /** The voice is not heard for now. */
  rest() {
    this.seen = Infinity;
  }

  /**
   * The voice is heard, at this speed: the next speed, when it is time for it, or 0.
   * @param {number} wpm @param {number} [now] milliseconds
   */
  due(wpm, now = Date.now()) {
    const passed = Math.min(LONGEST, Math.max(0, (now - this.seen) / 1000));
    this.seen = now;
    if (!this.goal || wpm >= this.goal) return 0;
    this.heard += passed;
    if (this.heard < STEP_AFTER) return 0;
    this.heard = 0;
    return Math.min(this.goal, stepped(Math.max(wpm, NORMAL / 2)) + STEP);
  }
}
