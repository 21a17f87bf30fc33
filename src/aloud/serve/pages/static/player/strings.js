/**
 * Strings: every word of the player, in English. A catalogue of another language has the same
 * names; what it leaves out is said in English. {x} is put in.
 */

export const ENGLISH = {
  player: "Player",
  play: "Play",
  pause: "Pause",
  back: "Previous sentence",
  on: "Next sentence",
  position: "Position",
  at: "{at} of {total}, {left} left",
  voice: "Select voice",
  sample: "Sample",
  stopSample: "Stop sample",
  heading: "Get through articles 2× faster",
  speed: "Choose your listening speed",
  slow: "Slow",
  average: "Average",
  fast: "Fast",
  twice: "2×",
  hard: "Above 275 words a minute understanding starts to fall.",
  sleep: "Sleep timer",
  never: "Off",
  minutes: "{n} minutes",
  end: "End of article",
  slept: "The sleep timer has stopped the voice.",
  follow: "Back to the voice",
  keys: "Keyboard",
  close: "Close",
  toggle: "Play or pause",
  backFar: "Previous paragraph",
  onFar: "Next paragraph",
  slower: "Slower",
  faster: "Faster",
  help: "Show these keys",
  press: "Press play to listen.",
  away: "The service cannot be reached. It goes on by itself as soon as it can.",
  failed: "This cannot be played.",
};

/** @typedef {typeof ENGLISH} Strings */

/**
 * @param {string} text @param {Record<string, string | number>} values
 */
export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
