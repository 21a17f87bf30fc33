/**
 * Kept: the list of what is on this device, which is also what is seen where there is no network.
 */

import "./page.js";
import { allKept, canKeep, letGo } from "./offline.js";

const list = /** @type {HTMLElement} */ (document.querySelector("[data-kept]"));

async function show() {
  const kept = canKeep() ? await allKept() : [];
  const sized = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: "megabyte",
    maximumFractionDigits: 1,
  });
  const template = /** @type {HTMLTemplateElement} */ (list.querySelector("template"));
  list.querySelectorAll("li").forEach((each) => each.remove());
  for (const { id, title, bytes } of kept) {
    const made = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const link = /** @type {HTMLAnchorElement} */ (made.querySelector("a"));
    link.href = `/articles/${id}`;
    link.textContent = title;
    const size = /** @type {HTMLElement} */ (made.querySelector("small"));
    size.textContent = sized.format(bytes / 1e6);
    made.querySelector("button")?.addEventListener("click", async () => {
      await letGo(id);
      show();
    });
    list.append(made);
  }
  /** @type {HTMLElement} */ (document.querySelector("[data-none]")).hidden = kept.length > 0;
}

show();
