/**
 * Toast: says for a moment what was done, with a way to undo it.
 */

const SHOWN = 8000; // milliseconds
let timer = 0;

/** @param {string} said @param {() => unknown} [undo] */
export function toast(said, undo) {
  const box = /** @type {HTMLElement} */ (document.querySelector(".toast"));
  const hide = () => {
    box.hidden = true;
  };
  clearTimeout(timer);
  box.replaceChildren(said);
  if (undo) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: box.dataset.undo,
    });
    button.addEventListener("click", () => {
      hide();
      undo();
    });
    box.append(button);
  }
  box.hidden = false;
  timer = setTimeout(hide, SHOWN);
  // Who is about to press it has not been read to yet.
  box.onfocus = box.onpointerenter = () => clearTimeout(timer);
  box.onpointerleave = () => {
    timer = setTimeout(hide, SHOWN);
  };
}
