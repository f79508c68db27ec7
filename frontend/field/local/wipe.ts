/** Forgetting a person's month and everything the server has: at signing out, and when the phone is turned away. */
import { database } from "./database";
import { forgetPictures } from "./pictures";
import { tidy } from "./tidy";

/** What is not yet confirmed stays, whoever asks. */
export async function wipeSent(owner: number): Promise<void> {
  const { bundles, outbox, kept } = database;
  await database.transaction("rw", [bundles, outbox, kept], async () => {
    await bundles.delete(owner);
    await kept.delete("last-route");
    const done = await outbox.where("owner").equals(owner).filter((entry) => entry.stage === "done" || entry.stage === "replaced").toArray();
    // As if it had been sent long ago: the next tidying takes it along with its draft and its files.
    await outbox.bulkPut(done.map((entry) => ({ ...entry, ended_at: new Date(0).toISOString() })));
  });
  await tidy();
  await forgetPictures();
}
