/**
 * Lexicon: words that are said in the listener's way, added, changed, taken away and heard.
 */

import { Refused, ask, send } from "../player/ask.js";
import { renew } from "./renew.js";
import { hear } from "./sample.js";
import { toast } from "./toast.js";

const API = "/api/lexicon";

/** @param {Response} answer @returns {Promise<{id: string}>} */
const entry = (answer) => answer.json();

/** @param {FormData} form */
const saying = (form) => ({
  written: String(form.get("written")).trim(),
  spoken: String(form.get("spoken")).trim(),
  language: String(form.get("language")) || null,
});

let turn = 0;

/** The list as the service has it now. Of several at once only the last asked for is shown. */
async function again() {
  const mine = ++turn;
  const text = await (await ask("/settings")).text();
  if (mine === turn) renew(new DOMParser().parseFromString(text, "text/html"));
}

/**
 * @param {HTMLElement} section @param {DOMStringMap} told what is said of a change
 * @param {(work: () => Promise<void>) => Promise<void>} keep
 */
export function words(section, told, keep) {
  /** @param {object} body @returns {Promise<string>} its id */
  const add = async (body) => (await entry(await send(API, "POST", body))).id;
  /** @param {string} id */
  const remove = (id) => ask(`${API}/${id}`, { method: "DELETE" });
  /** @param {() => Promise<unknown>} work */
  const undoing = (work) => () =>
    keep(async () => {
      await work();
      await again();
    });
  /** @param {string} [said] @param {string} [written] */
  const named = (said = "", written = "") => said.replace("{}", written);

  /** @param {HTMLFormElement} form @param {string} deed @returns {Promise<void>} */
  async function change(form, deed) {
    const body = saying(new FormData(form));
    const item = /** @type {HTMLElement | null} */ (form.closest("li"));
    if (!item) {
      const id = await add(body);
      form.reset();
      /** @type {HTMLElement} */ (form.elements[0]).focus();
      return toast(named(told.added, body.written), undoing(() => remove(id)));
    }
    const { id = "", written = "", spoken = "", language } = item.dataset;
    const before = { written, spoken, language: language || null };
    if (deed === "delete") {
      await remove(id);
      toast(named(told.removed, written), undoing(() => add(before)));
    } else {
      await send(`${API}/${id}`, "PUT", body);
      toast(named(told.changed, body.written), undoing(() => send(`${API}/${id}`, "PUT", before)));
    }
  }

  section.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement} */ (event.submitter);
    if (button.classList.contains("hear")) {
      const { written, spoken, language } = saying(new FormData(form));
      const asked = new URLSearchParams({ written: written || spoken, spoken, language: language ?? "" });
      void hear(button, `/settings/said.mp3?${asked}`, 1, () => toast(told.unheard ?? ""));
      return;
    }
    const wrong = /** @type {HTMLElement} */ (form.querySelector(".wrong"));
    wrong.hidden = true;
    void keep(async () => {
      const inside = form.closest("li");
      try {
        await change(form, button.value);
      } catch (error) {
        if (!(error instanceof Refused) || !error.message) throw error;
        wrong.textContent = `${error.message}${error.hint && `: ${error.hint}`}`;
        wrong.hidden = false;
        return;
      }
      if (inside) {
        inside.querySelector("details")?.removeAttribute("open");
        /** @type {HTMLElement} */ (section.querySelector(".sayings")).focus();
      }
      await again();
    });
  });
}
