/**
 * Worker: answers for the service where it cannot be reached, from what this device keeps.
 *
 * Pages and the API are asked of the network first; recordings and the files of the app, which
 * never change under their names, are taken from here. A player asks for parts of a recording, and
 * a cache knows whole ones only: the parts are cut here.
 */

const worker = /** @type {any} */ (self);
/** The app's version, and what has to be there for it to be shown: told by the service.
 * @type {{version: string, files: string[]}} */
const { version, files } = worker.SHELL;
const SHELL = `aloud-shell-${version}`;
const FALLBACK = "/kept";
const ARTICLE = /^(?:\/api)?\/articles\/([^/]+)(?:\/(?:place|timing\.json|script\.json|cover))?$/;
const SHARED_API = /^\/api\/(?:preferences|voices(?:\/[^/]+\/[^/]+)?)$/;
const SHARED_CACHE = "aloud-shared";
// Answers differ by who asks, and on this device that is always the same listener.
const ANYHOW = { ignoreVary: true };

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(files)));
  worker.skipWaiting();
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const answer = answered(request, url);
  if (answer) event.respondWith(answer);
});

async function dropOld() {
  for (const name of await caches.keys())
    if (name.startsWith("aloud-shell-") && name !== SHELL) await caches.delete(name);
}

/** The answer, or null: the browser sees to it. @param {Request} request @param {URL} url */
function answered(request, url) {
  const { pathname } = url;
  const cache = cacheOf(pathname);
  if (request.method === "PUT") return cache && told(request, cache);
  if (request.method !== "GET") return null;
  if (pathname.startsWith("/media/")) return recording(request);
  if (pathname.startsWith("/static/")) return file(request, pathname);
  if (cache || request.mode === "navigate") return fromNetwork(request, cache);
  return null;
}

/** Where an answer would be kept. @param {string} pathname */
function cacheOf(pathname) {
  const article = ARTICLE.exec(pathname);
  if (article) return `aloud-kept-${article[1]}`;
  return SHARED_API.test(pathname) ? SHARED_CACHE : pathname === FALLBACK ? SHELL : "";
}

/** From the network, kept anew where it was kept before; without one, as it was kept.
 * @param {Request} request @param {string} name of the cache, or "" */
async function fromNetwork(request, name) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok && name && (await caches.has(name))) await renew(name, request.url, fresh.clone());
    return fresh;
  } catch (error) {
    const page = request.mode === "navigate" || request.headers.get("accept") === "text/html";
    const found =
      (await caches.match(request, ANYHOW)) ??
      (name && (await caches.match(request, { ...ANYHOW, ignoreSearch: true, cacheName: name }))) ??
      (page ? await caches.match(FALLBACK, ANYHOW) : undefined);
    if (found) return found;
    throw error;
  }
}

/** @param {string} name @param {string} url @param {Response} fresh */
async function renew(name, url, fresh) {
  const cache = await caches.open(name);
  if (await cache.match(url, ANYHOW)) await cache.put(url, fresh).catch(() => {});
}

/** Something was told to the service: that is what it answers from now on.
 * @param {Request} request @param {string} name */
async function told(request, name) {
  const answer = await fetch(request);
  if (answer.ok && (await caches.has(name))) await renew(name, request.url, answer.clone());
  return answer;
}

/** A file of the app; without a network this version's, if another one is asked for.
 * @param {Request} request @param {string} pathname */
async function file(request, pathname) {
  const here = await caches.match(request, ANYHOW);
  if (here) return here;
  try {
    return await fetch(request);
  } catch (error) {
    const name = pathname.slice(pathname.lastIndexOf("/"));
    const found = await caches.match(`/static/${version}${name}`, ANYHOW);
    if (found) return found;
    throw error;
  }
}

/** A recording, or the part of it that is asked for. @param {Request} request */
async function recording(request) {
  const whole = await caches.match(request.url, ANYHOW);
  if (!whole) return fetch(request);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || (!range[1] && !range[2])) return whole;
  const sound = await whole.blob();
  const [from, to] = span(range[1], range[2], sound.size);
  const headers = new Headers(whole.headers);
  headers.set("Accept-Ranges", "bytes");
  if (from >= to) {
    headers.set("Content-Range", `bytes */${sound.size}`);
    headers.delete("Content-Length");
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${from}-${to - 1}/${sound.size}`);
  headers.set("Content-Length", String(to - from));
  return new Response(sound.slice(from, to, sound.type), { status: 206, headers });
}

/** [start, end) of what is asked for; empty: there is no such part.
 * @param {string} first @param {string} last @param {number} size */
function span(first, last, size) {
  if (!first) return [Math.max(0, size - Number(last)), Number(last) ? size : 0];
  return [Number(first), last ? Math.min(size, Number(last) + 1) : size];
}
