/** From a finished draft to a row of the outbox, in one transaction: it is in exactly one of the two places. */
import Dexie from "dexie";
import { isoWithOffset } from "../../shared/days";
import { uuid7 } from "../../shared/ids";
import { signatureOf } from "../device/key";
import { database } from "../local/database";
import { alarmDraftKey, type AlarmDraft } from "../local/alarms";
import { answerIn } from "../local/invitations";
import { alarmPayload, answerPayload, checkInPayload, verificationPayload, visitPayload } from "../local/payload";
import { formsOf, type Definitions } from "../local/sheets";
import type { Invitation } from "../local/bundle";
import type { VisitDraft } from "../local/visits";
import { newEntry, type EntryKind, type OutboxEntry } from "./entry";
import { sendSoon } from "./sender";

/** The server's limit on a body; what is longer would only come back. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The edition of each kind's payload. */
const SCHEMAS: Record<EntryKind, number> = { alarm: 1, visit: 2, verification: 1, "check-in": 1, "invitation-answer": 1 };

export class TooLarge extends Error {}

interface Manifested {
  manifest: { sha256: string; size: number; type: string; name: string }[];
}

export async function handOverVisit(id: string, definitions: Definitions, now: Date = new Date()): Promise<void> {
  const { visits, evidence, outbox, kept } = database;
  await database.transaction("rw", [visits, evidence, outbox, kept], async () => {
    const visit = await visits.get(id);
    if (visit?.stage !== "open") return;
    const taken = await evidence.where("draft").equals(id).sortBy("id");
    visit.finished_at = isoWithOffset(now);
    const forms = formsOf(visit, definitions, taken);
    await outbox.add(await pack("visit", visit, visit.unit_name, visitPayload(visit, forms, taken), visit.finished_at));
    await visits.put({ ...visit, stage: "handed", revision: visit.revision + 1 });
  });
  void sendSoon({ hurry: true });
}

/** Who has come, told as the visit begins: at once where there is a network, later where there is none. */
export async function handOverCheckIn(visit: VisitDraft): Promise<void> {
  const { outbox, kept } = database;
  await database.transaction("rw", [outbox, kept], async () => {
    const draft = { id: uuid7(), owner: visit.owner };
    await outbox.add(await pack("check-in", draft, visit.unit_name, checkInPayload(visit), visit.started_at));
  });
  void sendSoon({ hurry: true });
}

/** What is answered to an invitation; once for each, however often it is tapped. */
export async function handOverAnswer(owner: number, asked: Invitation, comes: boolean, now: Date = new Date()): Promise<void> {
  const { outbox, kept } = database;
  await database.transaction("rw", [outbox, kept], async () => {
    const own = await outbox.where("owner").equals(owner).toArray();
    if (own.some((entry) => answerIn(entry)?.plan === asked.plan)) return;
    const draft = { id: uuid7(), owner };
    await outbox.add(await pack("invitation-answer", draft, asked.unit_name, answerPayload(asked.plan, comes), isoWithOffset(now)));
  });
  void sendSoon({ hurry: true });
}

export async function handOverVerification(id: string, now: Date = new Date()): Promise<void> {
  const { verifications, evidence, outbox, kept } = database;
  await database.transaction("rw", [verifications, evidence, outbox, kept], async () => {
    const draft = await verifications.get(id);
    if (draft?.stage !== "open") return;
    const taken = await evidence.where("draft").equals(id).sortBy("id");
    const madeAt = isoWithOffset(now);
    await outbox.add(await pack("verification", draft, draft.unit_name, verificationPayload(draft, taken, madeAt), madeAt));
    await verifications.put({ ...draft, stage: "handed", revision: draft.revision + 1 });
  });
  void sendSoon({ hurry: true });
}

/** The red button: it goes at once, ahead of everything else. */
export async function handOverAlarm(draft: AlarmDraft, now: Date = new Date()): Promise<void> {
  const { evidence, outbox, kept } = database;
  await database.transaction("rw", [evidence, outbox, kept], async () => {
    const taken = await evidence.where("draft").equals(draft.id).sortBy("id");
    const madeAt = isoWithOffset(now);
    await outbox.add(await pack("alarm", draft, draft.unit_name, alarmPayload(draft, taken, madeAt), madeAt));
    await kept.delete(alarmDraftKey(draft.owner));
  });
  void sendSoon({ hurry: true });
}

async function pack(
  kind: EntryKind,
  draft: { id: string; owner: number },
  title: string,
  payload: Manifested,
  madeAt: string,
): Promise<OutboxEntry> {
  const plain = { id: draft.id, kind, schema: SCHEMAS[kind], made_at: madeAt, payload };
  // Signing is no work of the database: its transaction is asked to wait.
  const signed = await Dexie.waitFor(signatureOf(plain));
  const body = JSON.stringify({ ...plain, ...(signed ? { signed } : {}) });
  if (new Blob([body]).size > MAX_BODY_BYTES) throw new TooLarge();
  const files = payload.manifest.map(({ sha256, size, type, name }) => ({ sha256, size, type, name }));
  return newEntry({ id: draft.id, owner: draft.owner, kind, title, body, made_at: madeAt, files, signed: signed !== undefined });
}

/**
 * Take a refused entry back for correction. It becomes a new draft under new ids, because the server may already hold
 * something else under the old ones; the refused bytes stay until they are tidied away.
 */
export async function takeBack(entry: OutboxEntry): Promise<string | null> {
  const { visits, verifications, evidence, outbox } = database;
  return database.transaction("rw", [visits, verifications, evidence, outbox], async () => {
    const fresh = uuid7();
    const renamed = new Map<string, string>();
    const nameNow = (id: string) => renamed.get(id) ?? id;
    const changes = { id: fresh, stage: "open" as const, revision: 1, changed_at: new Date().toISOString() };
    if (entry.kind === "check-in" || entry.kind === "invitation-answer") return null;
    if (entry.kind === "visit") {
      const visit = await visits.get(entry.id);
      if (!visit) return null;
      for (const { id } of [...visit.sheets, ...visit.findings]) renamed.set(id, uuid7());
      const sheets = visit.sheets.map((sheet) => ({ ...sheet, id: nameNow(sheet.id) }));
      const findings = visit.findings.map((problem) => ({ ...problem, id: nameNow(problem.id), sheet: nameNow(problem.sheet) }));
      // Both sides signed the earlier text; they sign the corrected one again.
      const signing = { ...visit.signing, inspector: "", unit: "" };
      await visits.add({ ...visit, ...changes, sheets, findings, signing, finished_at: "" });
    } else {
      const draft = await verifications.get(entry.id);
      if (!draft) return null;
      await verifications.add({ ...draft, ...changes });
    }
    const taken = await evidence.where("draft").equals(entry.id).toArray();
    const copies = taken.map((one) => ({ ...one, id: uuid7(), draft: fresh, sheet: nameNow(one.sheet), finding: nameNow(one.finding) }));
    await evidence.bulkAdd(copies);
    await outbox.update(entry.id, { stage: "replaced", ended_at: new Date().toISOString() });
    return fresh;
  });
}
