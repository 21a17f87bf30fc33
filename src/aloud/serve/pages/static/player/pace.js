/**
 * Pace: the one place of the page where 1.25× and 250 words a minute are the same thing.
 *
 * 1.00× is 200 spoken words a minute for every voice. The wish is met on the recording itself: its
 * own words a minute (`natural`, in spoken words) turn it into the rate of a media element.
 */

export const NORMAL = 200; // words a minute at 1.00×
export const PACES = { slow: 150, average: 200, fast: 250, twice: 400 };
export const SLOWEST = 100;
export const FASTEST = 400; // of the slider
export const EXPERTS = 550; // of the slider, for those who asked for it
export const STEP = 10;
export const HARD = 275; // understanding declines above this

// What a recording can be stretched by; browsers play from 0.0625 to 16.
const LEAST = 0.4;
const MOST = 4.5;

/**
 * The rate that comes nearest to `wpm`.
 * @param {number} wpm @param {number} natural
 */
export const rateFor = (wpm, natural) => Math.min(MOST, Math.max(LEAST, wpm / natural));

/**
 * What is really heard when `wpm` is wished for: another number only beyond what can be reached.
 * @param {number} wpm @param {number} natural
 */
export const heard = (wpm, natural) => rateFor(wpm, natural) * natural;

/**
 * A speed as the slider has it.
 * @param {number} wpm @param {number} [most]
 */
export const stepped = (wpm, most = EXPERTS) =>
  Math.min(most, Math.max(SLOWEST, Math.round(wpm / STEP) * STEP));

/**
 * Both true numbers of one speed: `1.25× 250 WPM`.
 * @param {number} wpm
 */
export const label = (wpm) => `${(Math.round(wpm) / NORMAL).toFixed(2)}× ${Math.round(wpm)} WPM`;

/**
 * Seconds as players show them: 0:07, 12:05, 1:02:03.
 * @param {number} seconds
 */
export const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
};

/**
 * Seconds until the end at this speed.
 * @param {number} at natural seconds @param {number} total natural seconds @param {number} rate
 */
export const left = (at, total, rate) => Math.max(0, total - at) / rate;
