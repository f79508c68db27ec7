/** Gives storage back: work that the server confirmed long ago, and bytes that nothing names. */
import { database } from "./database";

/** Sent work stays a while: should the server lose it, the phone still has it. */
const KEEP_SENT_MS = 30 * 86_400_000;

export async function tidy(now: number = Date.now()): Promise<void> {
  const { outbox, visits, verifications, evidence, bytes } = database;
  await database.transaction("rw", [outbox, visits, verifications, evidence, bytes], async () => {
    const old = await outbox
      .filter((entry) => (entry.stage === "done" || entry.stage === "replaced") && now - Date.parse(entry.ended_at) > KEEP_SENT_MS)
      .primaryKeys();
    await outbox.bulkDelete(old);
    await visits.bulkDelete(old);
    await verifications.bulkDelete(old);
    await evidence.where("draft").anyOf(old).delete();
    const named = new Set(await evidence.orderBy("sha256").uniqueKeys());
    await outbox.each((entry) => entry.files.forEach((file) => named.add(file.sha256)));
    const orphans = (await bytes.toCollection().primaryKeys()).filter((sha256) => !named.has(sha256));
    await bytes.bulkDelete(orphans);
  });
}
