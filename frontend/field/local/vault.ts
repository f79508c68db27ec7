/**
 * The PIN over the phone's store, where the office asks for one (rule `field.pin`; docs/decisions/012). A data key seals the
 * records (local/sealing.ts). It is kept wrapped twice: by a key derived from the PIN, and by a key of this phone that cannot be
 * exported, so that the wrapped key is of no use elsewhere. A copy wrapped by the phone's key alone is with the server, for a
 * PIN that was forgotten: it is given out after signing in anew.
 */
import { liveQuery } from "dexie";
import { shallowRef } from "vue";
import { base64, fromBase64 } from "../../shared/bytes";
import { uuid7 } from "../../shared/ids";
import type { PinRule } from "./bundle";
import { database, readKept, writeKept } from "./database";
import { isSealing, openBytes, sealBytes, SEALED_TABLES, useKey } from "./sealing";

/** OWASP's floor for PBKDF2 with SHA-256 was 310,000 when this was written; a cheap phone takes about a second. */
const ROUNDS = 310_000;
const IV_BYTES = 12;
const KEPT = "vault";
const AES = { name: "AES-GCM", length: 256 };
const AT_ONCE = 20;

/**
 * on       records are sealed; the PIN opens them
 * leaving  the office asks for no PIN any more: records are being opened
 * off      all are open. The key stays beside them: a window that knew no better may have sealed one more.
 */
type Mode = "on" | "leaving" | "off";

export interface Vault extends PinRule {
  mode: Mode;
  /** Names the data key, so that another window can tell whether it holds this one. */
  key: string;
  /** Who chose the PIN. */
  owner: number;
  name: string;
  salt: Uint8Array<ArrayBuffer>;
  /** The phone's own key, not exportable. */
  device: CryptoKey;
  /** The data key, wrapped by PIN and phone; null after too many wrong PINs. */
  wrapped: Uint8Array<ArrayBuffer> | null;
  wrong: number;
  /** Every record has been sealed (on). */
  isSwept: boolean;
  /** Only while off. */
  open?: CryptoKey;
}

/** What this window knows of the vault. */
export const vault = shallowRef<Vault | null>(null);
let dataKey: CryptoKey | null = null;
let heldKey = "";

/** Plain http has no keys: there the rule cannot be kept. */
export const canSeal = (): boolean => (globalThis.crypto?.subtle as SubtleCrypto | undefined) !== undefined;

/** On opening the app: whether a PIN must be asked for first. */
export async function recallVault(): Promise<boolean> {
  const kept = (await readKept<Vault>(KEPT)) ?? null;
  vault.value = kept;
  if (kept?.mode === "off") hold(kept.open ?? null, kept);
  return kept !== null && kept.mode !== "off";
}

/**
 * Seal everything from now on. `keep` hands the copy of the key to the server and throws where it does not reach it: without
 * that copy a forgotten PIN would lose what is not yet sent.
 */
export async function beginSealing(pin: string, rule: PinRule, by: { id: number; name: string }, keep: (copy: string) => Promise<void>): Promise<void> {
  if (vault.value?.mode === "off") await openAll();
  const device = await crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);
  const made = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  await keep(base64(await wrap(device, await rawOf(made))));
  dataKey = made;
  heldKey = uuid7();
  const fresh: Vault = { ...rule, mode: "on", key: heldKey, owner: by.id, name: by.name, device, isSwept: false, ...(await wrappedBy(pin, device)) };
  useKey(made, true);
  await put(fresh);
  await sweep();
}

/** Another PIN for the same key: it was forgotten, or another person works here now. */
export async function choosePin(pin: string, rule: PinRule, by: { id: number; name: string }): Promise<void> {
  const held = known();
  const { digits, lock_minutes, tries } = rule;
  await put({ ...held, digits, lock_minutes, tries, owner: by.id, name: by.name, ...(await wrappedBy(pin, held.device)) });
}

/** What the office asks for has changed: how long until it locks, how many tries. */
export async function takeRule({ lock_minutes, tries }: PinRule): Promise<void> {
  const held = known();
  if (held.lock_minutes !== lock_minutes || held.tries !== tries) await put({ ...held, lock_minutes, tries });
}

/** Tries left after a wrong PIN; null: it was right, and the store is open. */
export async function unlock(pin: string): Promise<number | null> {
  // Counted before it is tried: killing the app at the right moment gives no further try.
  const held = await database.transaction("rw", database.kept, async () => {
    const row = await readKept<Vault>(KEPT);
    if (!row?.wrapped) return null;
    const counted = { ...row, wrong: row.wrong + 1 };
    await writeKept(KEPT, counted);
    return counted;
  });
  if (!held?.wrapped) return 0;
  const byPin = await keyOf(pin, held.salt);
  try {
    await open(await unwrap(byPin, await unwrap(held.device, held.wrapped)));
  } catch (error) {
    if (!isWrongKey(error)) throw error;
    const left = Math.max(held.tries - held.wrong, 0);
    // Only the way by the PIN ends; the records stay, and open after signing in anew.
    await put(left > 0 ? held : { ...held, wrapped: null });
    return left;
  }
  await put({ ...held, wrong: 0 });
  return null;
}

/** Opens the store with the copy that the server gave out after signing in anew; a PIN is chosen next. */
export async function openWithCopy(copy: string): Promise<void> {
  await open(await unwrap(known().device, fromBase64(copy)));
}

const isWrongKey = (error: unknown): boolean => error instanceof Error && error.name === "OperationError";

async function open(raw: Uint8Array<ArrayBuffer>): Promise<void> {
  hold(await crypto.subtle.importKey("raw", raw, AES, true, ["encrypt", "decrypt"]), known());
}

function hold(key: CryptoKey | null, of: Vault): void {
  dataKey = key;
  heldKey = of.key;
  useKey(key, of.mode === "on");
}

/** What another window does to the vault: sealing begins or ends here too; with a key this one does not hold, it is locked. */
export function followVault(lockedOut: () => void): void {
  liveQuery(() => readKept<Vault>(KEPT)).subscribe((kept) => {
    if (!kept) return;
    vault.value = kept;
    if (kept.key === heldKey) useKey(dataKey, kept.mode === "on");
    else if (kept.mode !== "off") lockedOut();
    else hold(kept.open ?? null, kept);
  });
}

/** Goes on with what was broken off: sealing what is still open, or opening what is still sealed. */
export async function sweep(): Promise<void> {
  const held = known();
  if (held.mode === "leaving") return leave();
  if (held.mode !== "on" || held.isSwept) return;
  await rewriteAll();
  await put({ ...known(), isSwept: true });
}

/** The office asks for no PIN any more: everything is opened again. */
export async function leave(): Promise<void> {
  useKey(dataKey, false);
  await put({ ...known(), mode: "leaving" });
  await rewriteAll();
  await put({ ...known(), mode: "off", wrapped: null, open: dataKey ?? undefined });
}

/** What another window sealed when it was already off. */
async function openAll(): Promise<void> {
  useKey(dataKey, false);
  await rewriteAll();
}

/** Every record is read and written again, a few at a time, each few at once or not at all: broken off, all can be read. */
async function rewriteAll(): Promise<void> {
  for (const name of SEALED_TABLES) {
    const table = database.table<unknown, string>(name);
    const keys = (await table.toCollection().primaryKeys()).filter((key) => key !== KEPT);
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      await database.transaction("rw", table, async () => {
        const rows = await table.bulkGet(keys.slice(at, at + AT_ONCE));
        await table.bulkPut(rows.filter((row) => row !== undefined));
      });
    }
  }
  for (const sha256 of await database.bytes.toCollection().primaryKeys()) {
    const row = await database.bytes.get(sha256);
    if (!row || (row.sealed !== undefined) === isSealing()) continue;
    const again = await sealBytes(sha256, await openBytes(row));
    await database.transaction("rw", database.bytes, async () => {
      if (await database.bytes.get(sha256)) await database.bytes.put(again);
    });
  }
}

function known(): Vault {
  if (!vault.value) throw new Error("no vault");
  return vault.value;
}

async function put(next: Vault): Promise<void> {
  await writeKept(KEPT, next);
  vault.value = next;
}

async function wrappedBy(pin: string, device: CryptoKey): Promise<Pick<Vault, "salt" | "wrapped" | "wrong">> {
  if (!dataKey) throw new Error("no key to wrap");
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, wrapped: await wrap(device, await wrap(await keyOf(pin, salt), await rawOf(dataKey))), wrong: 0 };
}

const rawOf = async (key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await crypto.subtle.exportKey("raw", key));

async function keyOf(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, AES, false, ["encrypt", "decrypt"]);
}

async function wrap(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const body = new Uint8Array(await crypto.subtle.encrypt({ name: AES.name, iv }, key, bytes));
  const whole = new Uint8Array(IV_BYTES + body.length);
  whole.set(iv);
  whole.set(body, IV_BYTES);
  return whole;
}

async function unwrap(key: CryptoKey, whole: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const iv = whole.subarray(0, IV_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt({ name: AES.name, iv }, key, whole.subarray(IV_BYTES)));
}
