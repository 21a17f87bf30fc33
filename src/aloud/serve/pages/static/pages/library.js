/**
 * The library's page: articles are added by what is typed, pasted or dropped, and cards change
 * where they stand.
 */

import "./page.js";
import { ask, send } from "../player/ask.js";
import { fill } from "../player/fill.js";
import { complain, load, look, words } from "./quick.js";
import { toast } from "./toast.js";

const ADDRESS = /^(?:https?:\/\/\S+|(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?::\d+)?(?:[/?#]\S*)?)$/iu;
const NOW = 300; // milliseconds
const LONGEST_NAME = 60; // characters

/** What was offered: by its address, as a text, or as a file. @typedef {string | File} Offered */
/** @typedef {{ id: string, added: boolean }} Accepted */

const form = /** @type {HTMLFormElement} */ (document.getElementById("add"));
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("url"));
const refused = /** @type {HTMLElement} */ (document.getElementById("refused"));

/** @param {string} text */
const whole = (text) => (/^https?:/i.test(text) ? text : `https://${text}`);

/** What a text asks for: each address, if there is nothing else in it. @param {string} text */
function offers(text) {
  const lines = text.split(/\s*\n\s*/).filter(Boolean);
  return lines.length && lines.every((line) => ADDRESS.test(line.trim()))
    ? lines.map((line) => whole(line.trim()))
    : [text.trim()].filter(Boolean);
}

/** @param {Offered} offered @returns {Promise<Accepted>} */
async function sent(offered) {
  if (typeof offered === "string") {
    const body = ADDRESS.test(offered) ? { url: offered } : { text: offered };
    return (await send("/api/articles", "POST", body)).json();
  }
  const body = new FormData();
  body.set("file", offered);
  return (await ask("/api/articles", { method: "POST", body })).json();
}

/** @param {Offered} offered */
function called(offered) {
  if (typeof offered !== "string") return offered.name;
  const bare = ADDRESS.test(offered) ? offered.replace(/^https?:\/\/(?:www\.)?/i, "") : offered;
  const line = bare.split("\n", 1)[0] ?? "";
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
}

/** @param {Offered} offered @param {unknown} error */
function refuse(offered, error) {
  const { message, hint = "" } = /** @type {Error & { hint?: string }} */ (error);
  const box = document.createElement("div");
  box.className = "notice";
  const lines = [called(offered), message || words.away, hint].filter(Boolean);
  box.append(
    ...lines.map((text, index) => {
      const line = Object.assign(document.createElement("p"), { textContent: text });
      line.className = index === 1 ? "wrong sentence" : "quiet sentence";
      line.lang = index && message ? "en" : "";
      if (!line.lang) line.removeAttribute("lang");
      return line;
    }),
  );
  refused.append(box);
}

/** @param {Offered[]} all @returns {Promise<boolean>} whether nothing was refused */
async function add(all) {
  refused.replaceChildren();
  toast(words.adding ?? "");
  /** @type {string[]} */
  const added = [];
  /** @type {Offered[]} */
  const known = [];
  for (const offered of all) {
    try {
      const accepted = await sent(offered);
      if (accepted.added) added.push(accepted.id);
      else known.push(offered);
    } catch (error) {
      refuse(offered, error);
    }
  }
  await load(location.href).catch(complain);
  look(NOW);
  tell(all, added, known);
  return !refused.firstChild;
}

/** @param {Offered[]} all @param {string[]} added ids @param {Offered[]} known */
function tell(all, added, known) {
  const first = all.find((each) => !known.includes(each)) ?? "";
  const { added: one = "", addedMany = "", known: there = "" } = words;
  const said = [
    added.length > 1 ? fill(addedMany, { n: added.length }) : "",
    added.length === 1 ? fill(one, { name: called(first) }) : "",
    ...known.map((each) => fill(there, { name: called(each) })),
  ].filter(Boolean);
  const undo = async () => {
    for (const id of added) await ask(`/api/articles/${id}`, { method: "DELETE" }).catch(complain);
    await load(location.href).catch(complain);
  };
  toast(said.join(" · "), added.length ? undo : undefined);
}

form.addEventListener("submit", async (event) => {
  const fields = new FormData(form);
  const file = fields.get("file");
  const text = String(fields.get("text") ?? "").trim();
  // A text with a title and an address of its own is the form's business.
  if (text || (file instanceof File && file.name) || !field.value.trim()) return;
  event.preventDefault();
  if (await add([whole(field.value.trim())])) form.reset();
  field.focus();
});

document.addEventListener("paste", (event) => {
  const at = /** @type {Element} */ (event.target);
  const typing = at.closest("input, textarea, [contenteditable]");
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData("text/plain") ?? "";
  // One line in the field is an address that can still be looked at; a text would lose its lines.
  if (typing && (typing !== field || !text.trim().includes("\n"))) return;
  if (!files.length && !text.trim()) return;
  event.preventDefault();
  void add(files.length ? files : offers(text));
});

const drop = /** @type {HTMLElement} */ (document.querySelector(".drop"));
let ours = false;
addEventListener("dragstart", () => {
  ours = true;
});
addEventListener("dragend", () => {
  ours = false;
});
addEventListener("dragover", (event) => {
  if (ours) return;
  event.preventDefault();
  drop.hidden = false;
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.hidden = true;
});
addEventListener("drop", (event) => {
  if (ours) return;
  event.preventDefault();
  drop.hidden = true;
  const files = [...(event.dataTransfer?.files ?? [])];
  const text = event.dataTransfer?.getData("text/uri-list") || event.dataTransfer?.getData("text/plain");
  if (files.length) void add(files);
  else if (text) void add(offers(text));
});

const removing = /** @type {HTMLDialogElement} */ (document.getElementById("removing"));
document.addEventListener("click", (event) => {
  const pressed = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (pressed.closest("a[data-remove]"));
  if (link) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (removing.querySelector("form"));
    form.action = link.href.replace(/remove$/, "change");
    /** @type {HTMLElement} */ (removing.querySelector("[data-name]")).textContent = link.dataset.title ?? "";
    removing.showModal();
  } else if (pressed.closest("[data-close]")) removing.close();
});
