/**
 * Lets the field app open without a network. It keeps the app's own files and the page that loads them, and the small
 * pictures the app asked it to keep. It never touches what is sent: that is the outbox's work alone.
 */
export {};

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: string[];
declare const __CACHE_VERSION__: string;

const SHELL = "/field/";
const APP_CACHE = `dudao-field-${__CACHE_VERSION__}`;
/** Filled by the app (local/pictures.ts) with thumbnails of rectification reports. */
const PICTURE_CACHE = "dudao-field-pictures";

self.addEventListener("install", (event) => event.waitUntil(keepApp()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(SHELL)) {
    event.respondWith(answerShell(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(answerFile(request));
  } else if (request.destination === "image") {
    event.respondWith(answerPicture(request));
  }
});

/** All or nothing: a half-kept app must not replace a whole one. */
async function keepApp(): Promise<void> {
  const cache = await caches.open(APP_CACHE);
  const shell = await fetch(SHELL, { cache: "no-cache" });
  if (!shell.ok || shell.redirected) throw new Error(`the app's page answered ${shell.status}`);
  const named = filesNamedBy(await shell.clone().text());
  await cache.addAll([...new Set([...__PRECACHE__, ...named])]);
  await cache.put(SHELL, shell);
}

/** The server may serve our files under further hashed names; what the page names is what it will ask for. */
function filesNamedBy(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map((match) => match[1] as string);
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  const stale = names.filter((name) => name.startsWith("dudao-field-") && ![APP_CACHE, PICTURE_CACHE].includes(name));
  await Promise.all(stale.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answerShell(request: Request): Promise<Response> {
  const kept = await caches.match(SHELL);
  return kept ?? fetch(request);
}

async function answerFile(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}

async function answerPicture(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true, cacheName: PICTURE_CACHE });
    if (kept) return kept;
    throw error;
  }
}
