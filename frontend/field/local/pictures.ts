/** Thumbnails of rectification reports and of what was found before, kept so that a report can be judged at the school without a network; and the photo of
 * the certificate. */
import type { OpenFinding } from "./bundle";

/** The service worker answers from this cache when the network does not (worker/worker.ts). */
const PICTURE_CACHE = "dudao-field-pictures";

export async function keepPictures(findings: OpenFinding[], certificate: string): Promise<void> {
  if (!("caches" in globalThis)) return;
  const cache = await caches.open(PICTURE_CACHE);
  const reported = findings.flatMap((finding) => [finding.report, { photos: finding.photos ?? [] }, ...(finding.steps ?? [])]);
  const thumbs = reported.flatMap((one) => one?.photos ?? []).map((photo) => photo.thumb_url);
  const wanted = new Set([...thumbs, certificate].filter(Boolean).map((address) => new URL(address, location.href).href));
  const kept = await cache.keys();
  await Promise.all(kept.filter((request) => !wanted.has(request.url)).map((request) => cache.delete(request)));
  const known = new Set(kept.map((request) => request.url));
  for (const url of wanted) {
    // A picture that cannot be fetched now is fetched with the next bundle; the report's text is there already.
    if (!known.has(url)) await cache.add(url).catch(() => undefined);
  }
}

export async function forgetPictures(): Promise<void> {
  if ("caches" in globalThis) await caches.delete(PICTURE_CACHE);
}
