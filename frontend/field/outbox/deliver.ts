/** Takes one entry as far as it goes now: body, files, and the server's word that it has everything. */
import { ask } from "./door";
import { changeEntry, type OutboxEntry, type OutboxFile } from "./entry";
import { Busy, Refused, Unreachable } from "./errors";
import { uploadFile } from "./upload";

interface Acknowledgement {
  id: string;
  received_at: string;
}

interface EntryStatus {
  id: string;
  received_at: string;
  state: string;
  /** A code, and the same in words. */
  reason?: string | null;
  detail?: string | null;
  files: { sha256: string; size: number; stored: boolean }[];
  complete: boolean;
}

export async function deliver(id: string): Promise<void> {
  let entry = await changeEntry(id, () => undefined);
  if (entry?.stage === "entry") entry = await sendBody(entry);
  if (entry?.stage === "files") await sendFiles(entry);
}

async function sendBody(entry: OutboxEntry): Promise<OutboxEntry | undefined> {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask("/door/entries", { method: "POST", headers, body: entry.body });
  const acknowledgement = answer.body as Acknowledgement | null;
  if (acknowledgement?.id !== entry.id) throw new Unreachable("not an acknowledgement of this entry");
  return changeEntry(entry.id, (row) => {
    row.stage = "files";
    row.received_at = acknowledgement.received_at;
  });
}

async function sendFiles(entry: OutboxEntry): Promise<void> {
  let current = await noteStatus(entry);
  const missing = current.stage === "files" ? current.files.filter((file) => !file.stored) : [];
  if (missing.length > 0) {
    await uploadAll(current, missing);
    current = await noteStatus(entry);
  }
  // The server has the body but does not yet say that it has everything: ask again later.
  if (current.stage === "files") throw new Busy(null);
}

/** A file that is refused does not keep the others from going; it is reported when they are through. */
async function uploadAll(entry: OutboxEntry, files: OutboxFile[]): Promise<void> {
  let refusal: Refused | undefined;
  for (const file of files) {
    try {
      await uploadFile(entry, file);
      await changeEntry(entry.id, (row) => markStored(row, file.sha256));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal ??= error;
    }
  }
  if (refusal) throw refusal;
}

/** Ask the server what it has. Only its answer makes an entry `done`. */
export async function noteStatus(entry: OutboxEntry): Promise<OutboxEntry> {
  const answer = await ask(`/door/entries/${entry.id}`, { expects: [404] });
  const status = answer.body as EntryStatus;
  if (answer.status === 404) return forgottenByServer(entry, (answer.body as { code?: string } | null)?.code);
  if (status?.id !== entry.id) throw new Unreachable("not the state of this entry");
  const changed = await changeEntry(entry.id, (row) => {
    const stored = new Set(status.files.filter((file) => file.stored).map((file) => `${file.sha256}/${file.size}`));
    for (const file of row.files) {
      file.stored = stored.has(`${file.sha256}/${file.size}`);
    }
    row.server_state = status.state;
    row.reason = status.reason ?? "";
    row.detail = status.detail ?? "";
    if (status.complete && row.files.every((file) => file.stored)) finish(row);
    // What was whole may have lost a file since; the phone still has it.
    else if (row.stage === "done") row.stage = "files";
  });
  if (!changed) throw new Refused(0, "entry-gone", "");
  return changed;
}

function finish(row: OutboxEntry): void {
  if (row.stage !== "files") return;
  row.stage = "done";
  row.tries = 0;
  row.next_at = 0;
  row.problem = null;
  row.ended_at = new Date().toISOString();
}

/** A server restored from an older backup may not know what it once acknowledged: it gets it again. */
async function forgottenByServer(entry: OutboxEntry, code: string | undefined): Promise<OutboxEntry> {
  if (code !== "entry-unknown") throw new Unreachable("not an answer of the server");
  await changeEntry(entry.id, (row) => {
    row.stage = "entry";
    row.ended_at = "";
    row.files.forEach((file) => Object.assign(file, { stored: false, upload_url: "" }));
  });
  throw new Busy(0);
}

function markStored(row: OutboxEntry, sha256: string): void {
  for (const file of row.files) if (file.sha256 === sha256) file.stored = true;
}
