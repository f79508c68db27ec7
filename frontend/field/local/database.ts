/** Everything the phone keeps. Tables are the phone's truth until the server has said `complete`. */
import Dexie, { type Table, type Transaction } from "dexie";
import type { Bundle } from "./bundle";
import type { OutboxEntry } from "../outbox/entry";
import type { VerificationDraft } from "./verifications";
import type { Problem, SheetDraft, VisitDraft } from "./visits";
import type { Evidence } from "./evidence";
import { sealing } from "./sealing";

/** Small single values: device id, token, language, last place in the app. */
export interface Kept {
  key: string;
  value: unknown;
}

export interface KeptBundle {
  owner: number;
  etag: string;
  body: Bundle;
  loadedAt: string;
}

export interface KeptBytes {
  sha256: string;
  blob: Blob;
  /** The type of the file, where `blob` is sealed (local/sealing.ts). */
  sealed?: string;
}

/** A lock with a time limit, for browsers without Web Locks. */
export interface Lease {
  name: string;
  holder: string;
  until: number;
}

export class FieldDatabase extends Dexie {
  kept!: Table<Kept, string>;
  bundles!: Table<KeptBundle, number>;
  visits!: Table<VisitDraft, string>;
  verifications!: Table<VerificationDraft, string>;
  evidence!: Table<Evidence, string>;
  bytes!: Table<KeptBytes, string>;
  outbox!: Table<OutboxEntry, string>;
  leases!: Table<Lease, string>;

  constructor(name = "dudao-field") {
    // "strict" waits for the disk: an empty battery must not take the last minutes with it.
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      kept: "key",
      bundles: "owner",
      visits: "id, owner, unit, stage",
      verifications: "id, owner, finding, stage",
      evidence: "id, draft, sha256",
      bytes: "sha256",
      outbox: "id, owner, stage, made_at",
      leases: "name",
    });
    this.version(2).stores({}).upgrade(giveSheets);
    this.use(sealing);
  }
}

/** Drafts of the time when a visit had one instrument: it becomes their first sheet, by the visit's own id. */
async function giveSheets(upgrade: Transaction): Promise<void> {
  await upgrade.table<OldVisit & VisitDraft>("visits").toCollection().modify((visit) => {
    if (!("instrument" in visit)) return;
    const { id, instrument, instrument_name, answers, notes } = visit;
    visit.sheets = [{ id, instrument, instrument_name, answers, notes }];
    for (const problem of visit.findings) nameHandling(problem, problem.item ? id : "");
    for (const name of ["instrument", "instrument_name", "answers", "notes"] as const) Reflect.deleteProperty(visit, name);
  });
  await upgrade.table<Evidence>("evidence").toCollection().modify((one) => { one.sheet ??= one.item ? one.draft : ""; });
}

function nameHandling(problem: Problem & { settled_on_spot?: boolean }, sheet: string): void {
  Object.assign(problem, { sheet, disposition: problem.settled_on_spot ? "SMALL" : "", department: "" });
  Reflect.deleteProperty(problem, "settled_on_spot");
}

type OldVisit = Omit<SheetDraft, "id">;

export const database = new FieldDatabase();

export async function readKept<T>(key: string): Promise<T | undefined> {
  return (await database.kept.get(key))?.value as T | undefined;
}

export async function writeKept(key: string, value: unknown): Promise<void> {
  await database.kept.put({ key, value });
}
