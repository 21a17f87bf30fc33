/**
 * Renew: a page is brought up to date from what the server says it should be, piece by piece, so
 * that nobody loses their place in it. Lists have items with `data-id` and in them parts with
 * `data-part`; what stands alone has an id and `data-renew`.
 */

/** What the server wrote of each piece: scripts may have changed it since. @type {WeakMap<Element, string>} */
const written = new WeakMap();

/** @param {ParentNode} root */
const note = (root) => {
  for (const piece of root.querySelectorAll("[data-part], [data-renew]")) {
    if (!written.has(piece)) written.set(piece, piece.outerHTML);
  }
};
note(document);

/**
 * Whether anything had to be changed.
 * @param {Document} page @returns {boolean}
 */
export function renew(page) {
  const focus = held();
  let changed = false;
  note(page);
  for (const fresh of page.querySelectorAll("[data-renew]")) {
    const old = document.getElementById(fresh.id);
    if (old && replaced(old, fresh)) changed = true;
  }
  for (const fresh of page.querySelectorAll("[data-keyed]")) {
    const old = document.getElementById(fresh.id);
    if (old && inOrder(old, fresh)) changed = true;
  }
  if (changed) {
    restore(focus);
    document.dispatchEvent(new Event("renewed"));
  }
  return changed;
}

/** @param {Element} old @param {Element} fresh */
function inOrder(old, fresh) {
  let changed = false;
  const there = new Map([...old.children].map((item) => [named(item), item]));
  [...fresh.children].forEach((item, index) => {
    const known = there.get(named(item));
    there.delete(named(item));
    if (known && renewed(known, item)) changed = true;
    const shown = known ?? item;
    if (old.children[index] === shown) return;
    old.insertBefore(shown, old.children[index] ?? null);
    changed = true;
  });
  for (const gone of there.values()) gone.remove();
  old.toggleAttribute("hidden", fresh.hasAttribute("hidden"));
  return changed || there.size > 0;
}

/** @param {Element} item @param {Element} fresh */
function renewed(item, fresh) {
  for (const { name } of [...item.attributes]) {
    if (name.startsWith("data-") && !fresh.hasAttribute(name)) item.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) item.setAttribute(name, value);
  let changed = false;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = item.querySelector(`[data-part="${part.getAttribute("data-part")}"]`);
    if (old && replaced(old, part)) changed = true;
  }
  return changed;
}

/** @param {Element} old @param {Element} fresh */
function replaced(old, fresh) {
  if (written.get(old) === written.get(fresh) || beingWritten(old)) return false;
  const open = old.querySelector("details")?.open;
  const details = fresh.querySelector("details");
  if (open && details) details.open = true;
  old.replaceWith(fresh);
  return true;
}

/** Somebody is in the middle of a word. @param {Element} part */
function beingWritten(part) {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && part.contains(field) && field.value !== field.defaultValue;
}

/** @param {Element} item */
const named = (item) => item.getAttribute("data-id") ?? "";

/** Where the focus is: an item, its place, and which of its controls. */
function held() {
  const focused = document.activeElement;
  const item = focused?.closest("[data-id]");
  const siblings = item ? [...(item.parentElement?.children ?? [])] : [];
  return {
    focused,
    list: item?.parentElement ?? null,
    item: item ? named(item) : "",
    index: item ? siblings.indexOf(item) : -1,
    key: focused?.closest("[data-key]")?.getAttribute("data-key") ?? "",
  };
}

/** @param {ReturnType<typeof held>} before */
function restore({ focused, list, item, index, key }) {
  if (!focused || focused === document.body) return;
  if (focused.isConnected && document.activeElement === focused) return;
  const items = [...(list?.children ?? [])];
  const same = items.find((each) => named(each) === item);
  const near = same ?? items[index] ?? items[index - 1];
  // Of another item never the same button: pressed twice, it would do to it what it did before.
  const wanted = same || !list ? key : "title";
  const root = near ?? document;
  const found = root.querySelector(`[data-key="${CSS.escape(wanted)}"]`) ?? root.querySelector("[data-key]");
  const next = near || !list ? found : document.getElementById("main");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}
