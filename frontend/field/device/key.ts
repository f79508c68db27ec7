/**
 * The phone's own key: made here, never leaves here, and signs what is handed over, so that the server can tell that a sheet
 * and its list of files are what this phone wrote. Where the browser offers no keys (plain http), sheets go unsigned.
 */
import { base64 } from "../../shared/bytes";
import { database, readKept, writeKept } from "../local/database";

interface DeviceKey {
  /** SHA-256 of the public half; the server knows it by this name. */
  id: string;
  private: CryptoKey;
  public_key: string;
  /** The server has said that it counts. */
  registered: boolean;
}

export interface Signature {
  key: string;
  value: string;
}

const KEPT = "device-key";
const KIND = { name: "ECDSA", namedCurve: "P-256" };
const MARK = "dudao-entry-1";

/** Plain http and old browsers have none. */
function keeper(): SubtleCrypto | undefined {
  return globalThis.crypto?.subtle as SubtleCrypto | undefined;
}

/** The public half for the server, made at the first call; "" where this browser cannot keep a key. */
export async function publicKey(): Promise<string> {
  const subtle = keeper();
  if (!subtle) return "";
  const known = await readKept<DeviceKey>(KEPT);
  if (known) return known.public_key;
  const pair = await subtle.generateKey(KIND, false, ["sign", "verify"]);
  const spki = new Uint8Array(await subtle.exportKey("spki", pair.publicKey));
  const digest = new Uint8Array(await subtle.digest("SHA-256", spki));
  const id = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const made: DeviceKey = { id, private: pair.privateKey, public_key: base64(spki), registered: false };
  try {
    return await database.transaction("rw", database.kept, async () => {
      const first = await readKept<DeviceKey>(KEPT); // another window may have been quicker
      if (!first) await writeKept(KEPT, made);
      return (first ?? made).public_key;
    });
  } catch (error) {
    if (isUnkept(error)) return "";
    throw error;
  }
}

/** Some private windows refuse to keep keys; those do without. */
const isUnkept = (error: unknown) => error instanceof Error && error.name === "DataCloneError";

/** What the server answered about our key. False: it does not count any more, and a new one must be made. */
export async function settleKey(answered: string): Promise<boolean> {
  return database.transaction("rw", database.kept, async () => {
    const own = await readKept<DeviceKey>(KEPT);
    if (!own) return true;
    if (answered === own.id) {
      if (!own.registered) await writeKept(KEPT, { ...own, registered: true });
      return true;
    }
    await database.kept.delete(KEPT);
    return false;
  });
}

/** Whether what is handed over now will be signed. */
export async function signs(): Promise<boolean> {
  return keeper() !== undefined && ((await readKept<DeviceKey>(KEPT))?.registered ?? false);
}

export interface Signable {
  id: string;
  kind: string;
  schema: number;
  made_at: string;
  payload: unknown;
}

/** A signature over an entry, or none. The payload's text must be the one in the body: JSON without spaces. */
export async function signatureOf({ id, kind, schema, made_at, payload }: Signable): Promise<Signature | undefined> {
  const subtle = keeper();
  const own = await readKept<DeviceKey>(KEPT);
  if (!subtle || !own?.registered) return undefined;
  const text = [MARK, id, kind, String(schema), made_at, JSON.stringify(payload)].join("\n");
  const value = await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, own.private, new TextEncoder().encode(text));
  return { key: own.id, value: base64(new Uint8Array(value)) };
}
