/** SHA-256 of exactly the bytes that are kept and sent. */

export async function hashOf(bytes: Blob): Promise<string> {
  const digest = await digestOf(bytes);
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A video is read in pieces: no phone has room for all of it at once. */
const WHOLE_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;

export async function digestOf(bytes: Blob): Promise<Uint8Array> {
  if (bytes.size > WHOLE_BYTES) return digestInPieces(bytes);
  const buffer = await bytes.arrayBuffer();
  // A county server reached by plain http has no crypto.subtle in the browser.
  if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  const { sha256 } = await import("@noble/hashes/sha2.js");
  return sha256(new Uint8Array(buffer));
}

async function digestInPieces(bytes: Blob): Promise<Uint8Array> {
  const { sha256 } = await import("@noble/hashes/sha2.js");
  const digest = sha256.create();
  for (let at = 0; at < bytes.size; at += PIECE_BYTES) {
    digest.update(new Uint8Array(await bytes.slice(at, at + PIECE_BYTES).arrayBuffer()));
  }
  return digest.digest();
}
