/**
 * Offline: articles that are kept on this device, whole, to be heard without a network. The worker
 * answers from what is put away here.
 */

import { ask, get, Refused } from "../player/ask.js";
import { playable } from "../player/finished.js";

/** @typedef {{id: string, title: string, bytes: number}} Kept */

export const KEPT = "aloud-kept-"; // a cache for each article
const SHARED = "aloud-shared"; // what all of them need
const ABOUT = "/kept/about.json"; // in an article's cache: what it is called

/** This browser can keep articles, and may. */
export const canKeep = () =>
  isSecureContext && "serviceWorker" in navigator && "caches" in globalThis;

/** There is no recording of it yet. */
export class NotYet extends Error {}

/**
 * Keep an article, as it is now.
 * @param {string} id @param {string} title
 * @throws {NotYet | Refused | DOMException} QuotaExceededError: there is no room
 */
export async function keep(id, title) {
  const { recordings, reading, language } = await get(`/api/articles/${id}`);
  const now = (/** @type {any} */ each) => each.revision === reading?.revision;
  const made = playable(recordings.filter(now), "");
  if (!made) throw new NotYet();
  await begun(await navigator.serviceWorker.register("/sw.js"));
  // Without this a browser may take it away again when it wants the room.
  navigator.storage?.persist?.().catch(() => {});
  const voice = encodeURIComponent(made.voice);
  const of = `/api/articles/${id}`;
  const own = [`/articles/${id}`, `/articles/${id}?queue=1`, `/articles/${id}/cover`];
  own.push(of, `${of}/place`, `${of}/script.json?voice=${voice}`);
  own.push(`${of}/timing.json?voice=${voice}&format=${made.format}`);
  const shared = ["/api/preferences", `/api/voices/${made.voice}`];
  shared.push(`/api/voices?language=${language.split("-")[0]}`);
  try {
    await putAway(KEPT + id, [...own, made.url]);
    await putAway(SHARED, shared);
    const about = { id, title, bytes: /** @type {any} */ (made).byte_count };
    await (await caches.open(KEPT + id)).put(ABOUT, Response.json(about));
  } catch (error) {
    await letGo(id);
    throw error;
  }
}

/** Until the worker works. @param {ServiceWorkerRegistration} registration
 * @returns {Promise<void>} */
function begun({ installing, waiting }) {
  const coming = installing ?? waiting;
  return new Promise((done, failed) => {
    const look = () => {
      if (!coming || coming.state === "activated") done();
      else if (coming.state === "redundant") failed(new Refused(0));
    };
    coming?.addEventListener("statechange", look);
    look();
  });
}

/** @param {string} name @param {string[]} urls */
async function putAway(name, urls) {
  const cache = await caches.open(name);
  await Promise.all(urls.map(async (url) => cache.put(url, await ask(url))));
}

/** Remove it from this device. @param {string} id */
export const letGo = (id) => caches.delete(KEPT + id);

/** @param {string} id */
export const isKept = (id) => caches.has(KEPT + id);

/** Everything that is kept. @returns {Promise<Kept[]>} */
export async function allKept() {
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
  // Not opened, which would make one anew that was removed just now.
  const about = names.map(async (cacheName) => (await caches.match(ABOUT, { cacheName }))?.json());
  return (await Promise.all(about)).filter(Boolean);
}
