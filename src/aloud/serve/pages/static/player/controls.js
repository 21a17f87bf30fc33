/**
 * Controls: what of the player is seen and pressed. Nothing here knows what a press does.
 */

import { KEYS, turned } from "./keys.js";
import { EXPERTS, FASTEST, PACES, SLOWEST, STEP } from "./pace.js";
import { END, MINUTES } from "./sleep.js";
import { fill } from "./strings.js";

/** @typedef {ReturnType<typeof draw>} Controls */

/**
 * An element with properties and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, unknown>} [properties] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function h(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** @param {string} face @param {string} [name] where the face does not say it */
function button(face, name = "") {
  const made = h("button", { type: "button", textContent: face, title: name });
  if (name) made.ariaLabel = name;
  return made;
}

const slider = (/** @type {string} */ name, /** @type {object} */ of) =>
  h("input", { type: "range", ariaLabel: name, ...of });

/** @param {import("./strings.js").Strings} strings @param {boolean} expert @param {boolean} rtl */
export function draw(strings, expert, rtl) {
  const audios = [0, 1, 2, 3].map(() => h("audio", { preload: "none", hidden: true }));
  const at = h("span", { className: "time" });
  const total = h("span", { className: "time" });
  const left = h("span", { className: "time left" });
  const position = slider(strings.position, { max: "1", step: "any", value: "0" });
  const back = button("«", strings.back);
  const play = button("▶", strings.play);
  const on = button("»", strings.on);
  const voice = h("select");
  const sample = button(`▸ ${strings.sample}`);
  const label = h("output");
  const speed = slider(strings.speed, {
    min: SLOWEST,
    max: expert ? EXPERTS : FASTEST,
    step: STEP,
  });
  const paces = Object.entries(PACES).map(([name, wpm]) =>
    Object.assign(button(strings[/** @type {"slow"} */ (name)]), { value: wpm }),
  );
  const hint = h("p", { className: "hint" });
  const sleep = h("select");
  sleep.add(new Option(strings.never, ""));
  for (const n of MINUTES) sleep.add(new Option(fill(strings.minutes, { n }), `${n}`));
  sleep.add(new Option(strings.end, END));
  const status = h("p", { role: "status", className: "status" });
  const follow = Object.assign(button(strings.follow), { className: "follow", hidden: true });
  const help = button("?", strings.help);
  const close = button(strings.close);
  const keys = h("dl");
  for (const [key, does] of KEYS)
    keys.append(h("dt", {}, h("kbd", {}, turned(key, rtl))), h("dd", {}, strings[does]));
  const dialog = h("dialog", { ariaLabel: strings.keys }, keys, close);
  const group = h("div", { role: "group", ariaLabel: strings.speed }, ...paces);
  const parts = [
    ...audios,
    follow,
    h(
      "div",
      { className: "bar" },
      ...[back, play, on],
      h("div", { className: "line" }, at, position, total, left),
    ),
    status,
    h(
      "details",
      { open: matchMedia("(min-width: 40rem)").matches },
      h("summary", {}, strings.speed, " ", label),
      h(
        "div",
        { className: "choices" },
        h("section", {}, h("h2", {}, strings.heading), group, speed, hint),
        h("div", {}, h("label", {}, strings.voice, voice), sample),
        h("div", {}, h("label", {}, strings.sleep, sleep), help),
      ),
    ),
    dialog,
  ];
  return {
    ...{ audios, at, total, left, position, back, play, on, voice, sample, label, speed, paces },
    ...{ hint, sleep, status, follow, help, close, dialog, parts },
  };
}
