/**
 * The queue's page: put in order by dragging or by keys, and how long it all takes.
 */

import "./page.js";
import { fill } from "../player/fill.js";
import { complain, load, words } from "./quick.js";

const EDGE = 72; // pixels from the window's edge, where dragging scrolls
const STRIDE = 12; // pixels a frame
const MINUTE = 60_000; // milliseconds

const list = /** @type {HTMLElement} */ (document.getElementById("queue"));
const moved = /** @type {HTMLElement} */ (document.getElementById("moved"));

/** @returns {HTMLElement[]} */
const items = () => /** @type {HTMLElement[]} */ ([...list.children]);

/** @param {HTMLElement} item */
function announce(item) {
  const n = items().indexOf(item) + 1;
  const name = item.dataset.title ?? "";
  moved.textContent = fill(words.moved ?? "", { name, n, total: items().length });
}

/** Before `next`, or last: where it is seen at once, and then where it is kept.
 * @param {HTMLElement} item @param {Element | null} next */
function put(item, next) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  list.insertBefore(item, next);
  if (focused && item.contains(focused)) focused.focus({ preventScroll: true });
  return keep(item);
}

/** @param {HTMLElement} item */
async function keep(item) {
  announce(item);
  count();
  const fields = new FormData();
  fields.set("do", "move");
  fields.set("value", String(items().indexOf(item)));
  await load(`/queue/${item.dataset.id}`, fields).catch(async (error) => {
    complain(error);
    await load("/queue").catch(complain);
  });
}

/** @param {HTMLElement} item @param {number} by -1: one up, 1: one down */
function step(item, by) {
  const next = by < 0 ? item.previousElementSibling : item.nextElementSibling?.nextElementSibling;
  if (by < 0 ? !next : !item.nextElementSibling) return;
  void put(item, next ?? null);
}

// Before the form's own way of sending it, which waits for the answer.
list.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  const item = /** @type {HTMLElement | null} */ (button?.closest("li"));
  if (!item || !button || !["up", "down"].includes(button.value)) return;
  event.preventDefault();
  step(item, button.value === "up" ? -1 : 1);
});
list.addEventListener("keydown", (event) => {
  const item = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("li"));
  if (!item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  step(item, event.key === "ArrowUp" ? -1 : 1);
});

list.addEventListener("pointerdown", (event) => {
  const grip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-grip]"));
  const item = /** @type {HTMLElement | null} */ (grip?.closest("li"));
  if (!grip || !item || event.button) return;
  event.preventDefault();
  drag(item, grip, event);
});

/** @param {HTMLElement} item @param {HTMLElement} grip @param {PointerEvent} start */
function drag(item, grip, start) {
  const before = item.nextElementSibling;
  const first = items().indexOf(item);
  const held = start.clientY - item.getBoundingClientRect().top;
  let y = start.clientY;
  let frame = requestAnimationFrame(scroll);
  const over = new AbortController();
  const { signal } = over;
  grip.setPointerCapture(start.pointerId);
  item.classList.add("dragged");

  function follow() {
    item.style.transform = "";
    for (let other = item.previousElementSibling; other && y < middle(other); ) {
      // The others go around it: what is moved in the document loses the pointer.
      item.after(other);
      other = item.previousElementSibling;
    }
    for (let other = item.nextElementSibling; other && y > middle(other); ) {
      item.before(other);
      other = item.nextElementSibling;
    }
    item.style.transform = `translateY(${y - held - item.getBoundingClientRect().top}px)`;
  }
  function scroll() {
    // Only on the way to the edge: what is taken hold of near it does not run away.
    const up = y < EDGE && y < start.clientY;
    const down = y > innerHeight - EDGE && y > start.clientY;
    const by = up ? -STRIDE : down ? STRIDE : 0;
    if (by) {
      scrollBy(0, by);
      follow();
    }
    frame = requestAnimationFrame(scroll);
  }
  /** @param {boolean} kept */
  function end(kept) {
    over.abort();
    cancelAnimationFrame(frame);
    item.style.transform = "";
    item.classList.remove("dragged");
    if (!kept) list.insertBefore(item, before);
    else if (items().indexOf(item) !== first) void keep(item);
  }
  /** @param {PointerEvent} event */
  function move(event) {
    y = event.clientY;
    follow();
  }
  grip.addEventListener("pointermove", move, { signal });
  grip.addEventListener("pointerup", (event) => {
    move(event);
    end(true);
  }, { signal });
  grip.addEventListener("pointercancel", () => end(false), { signal });
  addEventListener("keydown", (event) => event.key === "Escape" && end(false), { signal });
}

/** @param {Element} item */
const middle = (item) => {
  const { top, height } = item.getBoundingClientRect();
  return top + height / 2;
};

/** The length of all of it, and when it would end if it began now. */
function count() {
  const sum = document.querySelector("[data-sum]");
  if (!(sum instanceof HTMLElement)) return;
  const seconds = items().reduce((all, item) => all + Number(item.dataset.left ?? 0), 0);
  const { lang } = document.documentElement;
  const end = new Intl.DateTimeFormat(navigator.languages.find((each) => each.startsWith(lang)) ?? lang, {
    hour: "numeric",
    minute: "2-digit",
  }).format(Date.now() + seconds * 1000);
  const said = seconds ? [length(seconds, lang), fill(sum.dataset.ends ?? "", { time: end })] : [];
  sum.replaceChildren(
    ...said.map((textContent) => Object.assign(document.createElement("span"), { textContent })),
  );
}

/** "1 hour 5 minutes". @param {number} seconds @param {string} lang */
function length(seconds, lang) {
  const all = Math.max(1, Math.round(seconds / 60));
  const unit = (/** @type {number} */ n, /** @type {string} */ unit) =>
    new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(n);
  const hours = Math.floor(all / 60);
  if (!hours) return unit(all, "minute");
  return all % 60 ? `${unit(hours, "hour")} ${unit(all % 60, "minute")}` : unit(hours, "hour");
}

document.addEventListener("renewed", count);
document.addEventListener("visibilitychange", count);
/** At the full minute, when the clock on the wall moves on. */
function tick() {
  count();
  setTimeout(tick, MINUTE - (Date.now() % MINUTE));
}
tick();
