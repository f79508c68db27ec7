/** SHA-256 of exactly the bytes that are kept and sent. */

export async function hashOf(bytes: Blob): Promise<string> {
  const digest = await digestOf(bytes);
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function digestOf(bytes: Blob): Promise<Uint8Array> {
  const buffer = await bytes.arrayBuffer();
  // A county server reached by plain http has no crypto.subtle in the browser.
  if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  const { sha256 } = await import("@noble/hashes/sha2.js");
  return sha256(new Uint8Array(buffer));
}
