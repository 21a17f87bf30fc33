/**
 * Runs: the segments of an article that is still being spoken.
 *
 * A run is one encoder of the service from some utterance on. Its segments follow one another
 * without a gap; a jump, or a run that the service has forgotten, opens another.
 */

import { ask, get, patiently, Refused } from "./ask.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {{revision: number, voice: string, utterances: number, sample_rate: number,
 *   init: string, segment: string, timing: string, finished: any[] | null}} Plan */
/**
 * @typedef {object} Hooks what a sound tells of itself
 * @property {() => void} changed it plays, waits or stands still now
 * @property {() => void} ended it came to its end
 * @property {() => void} broken it cannot go on as it is: open it anew
 * @property {(trouble: Refused | null) => void} trouble it tries on; null: that is over
 * @property {(trouble: Refused) => void} failed it will not go on
 * @property {(error: Error) => void} blocked the browser does not let it play
 * @property {() => void} learned the timeline knows more
 */
/**
 * @typedef {object} Told what a source tells of what is heard from it
 * @property {() => void} changed it plays, waits or stands still now, or is somewhere else
 * @property {() => void} opened another sound: `source.sound`
 * @property {() => void} ended
 * @property {() => void} blocked the browser wants a press of a button first
 * @property {(trouble: Refused | null) => void} trouble
 * @property {(progress: {state: string, done: number, total: number}) => void} progress
 */
/** @typedef {{init: ArrayBuffer | null, data: ArrayBuffer, seconds: number, origin: number}}
 *   Segment
 *   init: a new run begins here; origin: seconds to the first token */

export class Runs {
  /** @param {Plan} plan @param {Timeline} timeline @param {Hooks} hooks */
  constructor(plan, timeline, hooks) {
    this.plan = plan;
    this.timeline = timeline;
    this.hooks = hooks;
    this.run = "";
    this.next = -1;
  }

  /**
   * The segment of an utterance, from the run that leads there or from a new one.
   * @param {number} u @param {AbortSignal} signal @param {boolean} [fresh] a new run in any case
   * @returns {Promise<Segment>}
   */
  async take(u, signal, fresh = false) {
    let opens = fresh || this.next !== u;
    for (;;) {
      if (opens) this.run = `${u}-${Math.random().toString(36).slice(2)}`;
      const run = this.run;
      try {
        const asked = () => this._get(run, u, opens, signal);
        const made = await patiently(asked, signal, this.hooks.trouble);
        if (signal.aborted) throw signal.reason;
        this.next = u + 1;
        return made;
      } catch (error) {
        // 409: the run has gone on, or is not there any more. A new one has no such excuse.
        if (!(error instanceof Refused && error.status === 409) || opens) throw error;
        opens = true;
      }
    }
  }

  /** @param {string} run @param {number} u @param {boolean} opens @param {AbortSignal} signal
   * @returns {Promise<Segment>} */
  async _get(run, u, opens, signal) {
    const url = (/** @type {string} */ of) => of.replace("{run}", run).replace("{n}", String(u));
    const bytes = async (/** @type {string} */ of) =>
      (await ask(url(of), { signal })).arrayBuffer();
    const { init, segment, timing } = this.plan;
    const [head, data, times] = await Promise.all([
      opens ? bytes(init) : null,
      bytes(segment),
      get(url(timing), { signal }),
    ]);
    const seconds = times.samples / times.sample_rate;
    const origin = this.timeline.learn(u, times.timings, times.lead / times.sample_rate);
    this.timeline.measure(u, seconds);
    this.hooks.learned();
    return { init: head, data, seconds, origin };
  }
}
