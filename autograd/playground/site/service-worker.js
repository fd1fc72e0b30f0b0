/*
Keeps the site for use without a network: FILES, their paths, and VERSION, the hash of them all, are written into it when the site is built.

What has its version in its path (app-…, pyodide-…) is taken from the cache where it is there, and never asked for again.
Pages are asked for first, and taken from the cache where there is no network. The files of an older version go when no
page of it is open any more: that is when a new service worker becomes active.
*/
const PREFIX = `autograd-playground ${self.registration.scope} `; // of one origin with other sites of this kind
const CACHE = PREFIX + VERSION;
const here = (path) => new URL(path, self.registration.scope).href;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clean().then(() => self.clients.claim())));

async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async (path) => {
    const known = path.includes("/") && (await caches.match(here(path)));
    const response = known || (await fetch(here(path), { cache: "no-cache" }));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(here(path), response);
  }));
}

async function clean() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  if (method !== "GET" || !url.startsWith(self.registration.scope)) return;
  event.respondWith(mode === "navigate" ? page(event.request) : file(event.request));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const { pathname } = new URL(request.url), path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    return (await caches.match(new URL(path, request.url).href)) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}
