/** From a finished draft to a row of the outbox, in one transaction: it is in exactly one of the two places. */
import { isoWithOffset } from "../../shared/days";
import { readForm } from "../../shared/form";
import { uuid7 } from "../../shared/ids";
import type { Definition } from "../../shared/instrument";
import { database } from "../local/database";
import { photoCounts } from "../local/evidence";
import { verificationPayload, visitPayload } from "../local/payload";
import { dayOfVisit } from "../local/visits";
import { newEntry, type EntryKind, type OutboxEntry } from "./entry";
import { sendSoon } from "./sender";

/** The server's limit on a body; what is longer would only come back. */
export const MAX_BODY_BYTES = 1024 * 1024;

export class TooLarge extends Error {}

interface Manifested {
  manifest: { sha256: string; size: number; type: string; name: string }[];
}

export async function handOverVisit(id: string, definition: Definition, now: Date = new Date()): Promise<void> {
  const { visits, evidence, outbox } = database;
  await database.transaction("rw", visits, evidence, outbox, async () => {
    const visit = await visits.get(id);
    if (visit?.stage !== "open") return;
    const taken = await evidence.where("draft").equals(id).sortBy("id");
    visit.finished_at = isoWithOffset(now);
    const form = readForm(definition, { answers: visit.answers, notes: visit.notes, photos: photoCounts(taken, definition), today: dayOfVisit(visit) });
    await outbox.add(pack("visit", visit, visit.unit_name, visitPayload(visit, form, taken), visit.finished_at));
    await visits.put({ ...visit, stage: "handed", revision: visit.revision + 1 });
  });
  void sendSoon({ hurry: true });
}

export async function handOverVerification(id: string, now: Date = new Date()): Promise<void> {
  const { verifications, evidence, outbox } = database;
  await database.transaction("rw", verifications, evidence, outbox, async () => {
    const draft = await verifications.get(id);
    if (draft?.stage !== "open") return;
    const taken = await evidence.where("draft").equals(id).sortBy("id");
    const madeAt = isoWithOffset(now);
    await outbox.add(pack("verification", draft, draft.unit_name, verificationPayload(draft, taken, madeAt), madeAt));
    await verifications.put({ ...draft, stage: "handed", revision: draft.revision + 1 });
  });
  void sendSoon({ hurry: true });
}

function pack(
  kind: EntryKind,
  draft: { id: string; owner: number },
  title: string,
  payload: Manifested,
  madeAt: string,
): OutboxEntry {
  const body = JSON.stringify({ id: draft.id, kind, schema: 1, made_at: madeAt, payload });
  if (new Blob([body]).size > MAX_BODY_BYTES) throw new TooLarge();
  const files = payload.manifest.map(({ sha256, size, type, name }) => ({ sha256, size, type, name }));
  return newEntry({ id: draft.id, owner: draft.owner, kind, title, body, made_at: madeAt, files });
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
    const changes = { id: fresh, stage: "open" as const, revision: 1, changed_at: new Date().toISOString() };
    if (entry.kind === "visit") {
      const visit = await visits.get(entry.id);
      if (!visit) return null;
      const findings = visit.findings.map((problem) => {
        renamed.set(problem.id, uuid7());
        return { ...problem, id: renamed.get(problem.id) ?? problem.id };
      });
      // Both sides signed the earlier text; they sign the corrected one again.
      const signing = { ...visit.signing, inspector: "", unit: "" };
      await visits.add({ ...visit, ...changes, findings, signing, finished_at: "" });
    } else {
      const draft = await verifications.get(entry.id);
      if (!draft) return null;
      await verifications.add({ ...draft, ...changes });
    }
    const taken = await evidence.where("draft").equals(entry.id).toArray();
    const copies = taken.map((one) => ({ ...one, id: uuid7(), draft: fresh, finding: renamed.get(one.finding) ?? one.finding }));
    await evidence.bulkAdd(copies);
    await outbox.update(entry.id, { stage: "replaced", ended_at: new Date().toISOString() });
    return fresh;
  });
}
