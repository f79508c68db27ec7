/**
 * The one seam where records go in and out of the phone's database: with a key at hand they are sealed (AES-GCM) on their way in
 * and opened on their way out, under everything else the app does with them. Without one they pass as they are. Sealed and plain
 * rows may stand side by side, so that turning sealing on or off can be broken off at any point (local/vault.ts).
 */
import Dexie, { type DBCore, type DBCoreCursor, type DBCoreOpenCursorRequest, type DBCoreTable, type Middleware } from "dexie";
import type { KeptBytes } from "./database";

export const SEALED_TABLES = ["bundles", "visits", "verifications", "evidence", "outbox", "kept"];
/** Of the small values only what tells of schools and opens the server; the rest is needed before anything is unlocked. */
const isPrivate = (key: string): boolean => key === "session" || key === "alarms" || key.startsWith("alarm-draft:");

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** A video is sealed in pieces: no phone has room for all of it at once. */
const PIECE_BYTES = 1024 * 1024;

/** The store is locked, and somebody asked for what is in it. */
export class Locked extends Error {}

let dataKey: CryptoKey | null = null;
let sealsNow = false;

/** From now on sealed records can be read, and new ones are sealed if `seals`. */
export function useKey(key: CryptoKey | null, seals: boolean): void {
  dataKey = key;
  sealsNow = seals && key !== null;
}

export const isSealing = (): boolean => sealsNow;

type Row = Record<string, unknown>;

interface SealedRow extends Row {
  sealed: Uint8Array<ArrayBuffer>;
}

const isSealed = (row: unknown): row is SealedRow => row instanceof Object && "sealed" in row && row.sealed instanceof Uint8Array;

async function sealed(bytes: BufferSource, about: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!dataKey) throw new Locked();
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const body = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: coded(about) }, dataKey, bytes));
  const whole = new Uint8Array(IV_BYTES + body.length);
  whole.set(iv);
  whole.set(body, IV_BYTES);
  return whole;
}

function opened(whole: Uint8Array<ArrayBuffer>, about: string): Promise<ArrayBuffer> {
  if (!dataKey) throw new Locked();
  const [iv, body] = [whole.subarray(0, IV_BYTES), whole.subarray(IV_BYTES)];
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: coded(about) }, dataKey, body);
}

const coded = (text: string) => new TextEncoder().encode(text);

/** What a sealed row is bound to, so that none can be put in another's place. */
const placeOf = (table: DBCoreTable, row: Row): string => `${table.name}/${String(primaryOf(table, row))}`;

const primaryOf = ({ schema }: DBCoreTable, row: Row): unknown => schema.primaryKey.extractKey?.(row);

async function sealRow(table: DBCoreTable, row: Row): Promise<Row> {
  if (table.name === "kept" && !isPrivate(String(row["key"]))) return row;
  // What rows are looked up by stays readable: ids, stages, moments.
  const readable = [table.schema.primaryKey, ...table.schema.indexes].map((index) => String(index.keyPath));
  const kept = Object.fromEntries(readable.filter((name) => name in row).map((name) => [name, row[name]]));
  return { ...kept, sealed: await sealed(coded(JSON.stringify(row)), placeOf(table, row)) };
}

async function openRow(table: DBCoreTable, row: unknown): Promise<unknown> {
  if (!isSealed(row)) return row;
  return JSON.parse(new TextDecoder().decode(await opened(row.sealed, placeOf(table, row))));
}

/** Opening and sealing are no work of the database: its transaction is asked to wait. */
function openRows(table: DBCoreTable, rows: unknown[]): PromiseLike<unknown[]> {
  return rows.some(isSealed) ? Dexie.waitFor(Promise.all(rows.map((row) => openRow(table, row)))) : Dexie.Promise.resolve(rows);
}

export const sealing: Middleware<DBCore> = {
  stack: "dbcore",
  name: "sealing",
  // Under all of Dexie's own layers: what they keep in memory is open, what reaches the disk is not.
  level: -2,
  create: (core) => ({ ...core, table: (name) => (SEALED_TABLES.includes(name) ? sealedTable(core.table(name)) : core.table(name)) }),
};

function sealedTable(table: DBCoreTable): DBCoreTable {
  return {
    ...table,
    mutate: (request) => {
      if (!sealsNow || (request.type !== "add" && request.type !== "put")) return table.mutate(request);
      const rows = Promise.all(request.values.map((row: Row) => sealRow(table, row)));
      return Dexie.waitFor(rows).then((values) => table.mutate({ ...request, values }));
    },
    get: (request) => table.get(request).then((row: unknown) => openRows(table, [row])).then(([row]) => row),
    getMany: (request) => table.getMany(request).then((rows) => openRows(table, rows)) as Promise<unknown[]>,
    query: (request) =>
      table.query(request).then(({ result }) => openRows(table, request.values ? result : []).then((rows) => ({ result: request.values ? rows : result }))),
    openCursor: (request) => {
      if (!request.values) return table.openCursor(request);
      return table
        .query({ trans: request.trans, values: true, limit: Infinity, query: request.query })
        .then(({ result }) => openRows(table, result))
        .then((rows) => cursorOver(table, request, rows as Row[]));
    },
  };
}

/** A cursor cannot wait at each row: it goes over rows that were all opened before. */
function cursorOver(table: DBCoreTable, request: DBCoreOpenCursorRequest, found: Row[]): DBCoreCursor | null {
  const { index } = request.query;
  const keyOf = (row: Row): unknown => (index.isPrimaryKey ? primaryOf(table, row) : index.extractKey?.(row));
  const direction = request.reverse ? -1 : 1;
  const compare = (a: unknown, b: unknown): number => indexedDB.cmp(a, b) * direction;
  const inOrder = request.reverse ? [...found].reverse() : found;
  const rows = request.unique ? inOrder.filter((row, at) => at === 0 || compare(keyOf(row), keyOf(inOrder[at - 1] as Row)) !== 0) : inOrder;
  if (rows.length === 0) return null;
  let at = 0;
  let hasMoved = false;
  let end: { resolve: (value?: unknown) => void; reject: (error: unknown) => void } | undefined;
  const row = (): Row => rows[at] as Row;
  function moveTo(isThere: () => boolean): void {
    hasMoved = true;
    do at += 1;
    while (at < rows.length && !isThere());
  }
  return {
    trans: request.trans,
    get key() { return keyOf(row()); },
    get primaryKey() { return primaryOf(table, row()); },
    get value() { return row(); },
    get done() { return at >= rows.length; },
    continue: (key?: unknown) => moveTo(() => key === undefined || compare(keyOf(row()), key) >= 0),
    continuePrimaryKey: (key: unknown, primary: unknown) =>
      moveTo(() => { const by = compare(keyOf(row()), key); return by > 0 || (by === 0 && compare(primaryOf(table, row()), primary) >= 0); }),
    advance: (count: number) => { hasMoved = true; at += count; },
    next: () => Promise.reject(new Error("a cursor over opened rows is started, not stepped")),
    stop: (value?: unknown) => end?.resolve(value),
    fail: (error: Error) => end?.reject(error),
    start: (onNext: () => void) =>
      new Dexie.Promise<unknown>((resolve, reject) => {
        end = { resolve: resolve as (value?: unknown) => void, reject };
        try {
          do {
            hasMoved = false;
            onNext();
          } while (hasMoved && at < rows.length);
          if (at >= rows.length) resolve(undefined);
        } catch (error) {
          reject(error);
        }
      }) as Promise<unknown>,
  };
}

/** A file as it is kept. Not within a transaction: a video takes its time. */
export async function sealBytes(sha256: string, blob: Blob): Promise<KeptBytes> {
  if (!sealsNow) return { sha256, blob };
  const parts: Blob[] = [];
  for (let at = 0, n = 0; at < blob.size; at += PIECE_BYTES, n += 1) {
    parts.push(new Blob([await sealed(await blob.slice(at, at + PIECE_BYTES).arrayBuffer(), `${sha256}/${n}`)]));
  }
  return { sha256, blob: new Blob(parts), sealed: blob.type };
}

/** The bytes of a kept file, as they were captured. */
export async function openBytes({ sha256, blob, sealed: type }: KeptBytes): Promise<Blob> {
  if (type === undefined) return blob;
  const parts: Blob[] = [];
  const step = IV_BYTES + PIECE_BYTES + TAG_BYTES;
  for (let at = 0, n = 0; at < blob.size; at += step, n += 1) {
    const piece = new Uint8Array(await blob.slice(at, at + step).arrayBuffer());
    parts.push(new Blob([await opened(piece, `${sha256}/${n}`)]));
  }
  return new Blob(parts, { type });
}
