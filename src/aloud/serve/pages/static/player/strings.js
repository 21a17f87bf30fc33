/**
 * Strings: what the player says by itself, in English. The page gives it in the reader's language
 * by these names, so that none of this is loaded. {x} is put in.
 */

export const ENGLISH = {
  play: "Play",
  pause: "Pause",
  at: "{at} of {total}, {left} left",
  sample: "Sample",
  stopSample: "Stop",
  hard: "Above 275 words a minute understanding starts to fall.",
  training: "10 words a minute faster after every 3 minutes that you listen, up to {n}.",
  arrived: "You listen at {n} words a minute now: that was your goal.",
  slept: "The sleep timer has stopped the voice.",
  press: "Press play to listen.",
  away: "The service cannot be reached. It goes on by itself as soon as it can.",
  failed: "This cannot be played.",
};

/** @typedef {typeof ENGLISH} Strings */
