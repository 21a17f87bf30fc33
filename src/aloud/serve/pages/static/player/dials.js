/**
 * Dials: times and speeds, as the bar and the lock screen show them.
 */

import { filled, set } from "./controls.js";
import { fill } from "./fill.js";
import { clock, HARD, heard, label, left } from "./pace.js";
import { sessionState } from "./session.js";

/** @typedef {import("./controls.js").Controls} Controls */
/** @typedef {import("./source.js").Source} Source */
/** @typedef {import("./strings.js").Strings} Strings */

/** Where it is, and how long it takes at this speed.
 * @param {Controls} on @param {Source} source @param {Strings} strings
 * @param {boolean} dragging the position is in the listener's hand */
export function showTimes(on, source, strings, dragging) {
  const { timeline, rate } = source;
  if (!timeline) return;
  const total = timeline.total / rate;
  on.position.max = String(total);
  const now = timeline.elapsed(source.where());
  if (!dragging) on.position.value = String(now / rate);
  filled(on.position);
  const seconds = on.position.valueAsNumber;
  const shown = {
    at: clock(seconds),
    total: clock(total),
    left: clock(left(seconds * rate, timeline.total, rate)),
  };
  if (on.at.textContent === shown.at && on.left.textContent === `−${shown.left}`) return;
  set(on.at, shown.at);
  set(on.total, shown.total);
  set(on.left, `−${shown.left}`);
  on.position.ariaValueText = fill(strings.at, shown);
  sessionState(source.playing, now, timeline.total, rate);
}

/** How fast it is: what is really heard, which may be less than the wish. What the page is told of
 * it, in words a minute and in seconds at this speed.
 * @param {Controls} on @param {Source} source @param {Strings} strings */
export function showSpeed(on, source, strings) {
  const { timeline, rate, wpm: wish } = source;
  const wpm = timeline ? heard(wish, timeline.natural) : wish;
  const said = label(wpm);
  set(on.label, said);
  const [times, ...words] = said.split(" ");
  set(on.now.children[0], times);
  set(on.now.children[1], words.join(" "));
  filled(on.speed);
  set(on.hint, wpm > HARD ? strings.hard : "");
  on.speed.ariaValueText = said;
  for (const each of on.paces) each.ariaPressed = String(Number(each.value) === wish);
  const total = (timeline?.total ?? 0) / rate;
  return { wpm, total, left: timeline ? total - timeline.elapsed(source.where()) / rate : 0 };
}
