/**
 * Sample: one short sound at a time, begun and stopped by its button.
 */

const sample = new Audio();
/** @type {HTMLElement | null} */
let sounding = null;

for (const over of ["ended", "error"]) sample.addEventListener(over, silence);

/** Whatever is heard now is heard no more. */
export function silence() {
  sample.pause();
  if (sounding) mark(sounding, false);
  sounding = null;
}

/**
 * Begin, or stop what this button began. The button has two spans, for when it can begin and for
 * when it can stop.
 * @param {HTMLElement} button @param {string} url @param {number} [rate]
 * @param {() => void} [failed]
 */
export async function hear(button, url, rate = 1, failed = () => {}) {
  const again = sounding === button;
  silence();
  if (again) return;
  sounding = button;
  mark(button, true);
  sample.src = url;
  sample.preservesPitch = true;
  sample.playbackRate = sample.defaultPlaybackRate = rate;
  try {
    await sample.play();
  } catch (error) {
    // Another one was begun before this could be heard: that is no failure.
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (sounding === button) silence();
    failed();
  }
}

/** How fast what is heard is played, from now on. @param {number} rate */
export function hurry(rate) {
  sample.playbackRate = sample.defaultPlaybackRate = rate;
}

/** @param {HTMLElement} button @param {boolean} on */
function mark(button, on) {
  const [begin, stop] = button.querySelectorAll("span");
  button.toggleAttribute("data-sounding", on);
  begin.hidden = on;
  stop.hidden = !on;
}
