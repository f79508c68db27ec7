/** A row of the outbox: what is to be sent, byte for byte, and how far it has come. */
import { database } from "../local/database";

export type EntryKind = "alarm" | "visit" | "verification" | "check-in" | "invitation-answer";

/**
 * entry     its body is not yet acknowledged
 * files     acknowledged; files may be missing on the server
 * done      the server has listed every file with hash and size
 * refused   a person must look at it (the reason is in `problem`)
 * replaced  corrected and sent again as another entry
 */
export type Stage = "entry" | "files" | "done" | "refused" | "replaced";

export interface OutboxFile {
  sha256: string;
  size: number;
  type: string;
  name: string;
  stored: boolean;
  /** Where the upload goes on after a break. */
  upload_url: string;
  /** Sent whole, it broke: from now on it goes in pieces. */
  broke?: boolean;
}

export interface EntryProblem {
  code: string;
  message: string;
  at: string;
}

export interface OutboxEntry {
  id: string;
  owner: number;
  kind: EntryKind;
  /** The unit's name, for lists. */
  title: string;
  /** Serialised once; every attempt sends these characters. */
  body: string;
  made_at: string;
  stage: Stage;
  files: OutboxFile[];
  tries: number;
  /** Not before this moment (milliseconds); 0 means at once. */
  next_at: number;
  problem: EntryProblem | null;
  /** Why the last attempt did not get through, for the person who wonders: "unreachable", "busy" or a message. */
  last_error: string;
  received_at: string;
  /** What the server made of it: received, projected or quarantined. */
  server_state: string;
  /** Why it is quarantined: a code, and the server's words for it. */
  reason: string;
  detail: string;
  ended_at: string;
  /** The person has read why it needs attention. */
  seen: boolean;
  /** This phone's key signed it; entries of older editions are not. */
  signed?: boolean;
}

export type EntryStart = Pick<OutboxEntry, "id" | "owner" | "kind" | "title" | "body" | "made_at" | "signed"> & {
  files: Omit<OutboxFile, "stored" | "upload_url">[];
};

export function newEntry(start: EntryStart): OutboxEntry {
  return {
    ...start,
    files: start.files.map((file) => ({ ...file, stored: false, upload_url: "" })),
    stage: "entry",
    tries: 0,
    next_at: 0,
    problem: null,
    last_error: "",
    received_at: "",
    server_state: "",
    reason: "",
    detail: "",
    ended_at: "",
    seen: false,
  };
}

export const isUnsent = (entry: OutboxEntry): boolean => entry.stage === "entry" || entry.stage === "files";

export const needsPerson = (entry: OutboxEntry): boolean =>
  entry.stage === "refused" || (entry.stage === "done" && entry.server_state === "quarantined");

/** Read afresh and write back in one transaction: screens and the sender touch the same rows. */
export async function changeEntry(id: string, change: (entry: OutboxEntry) => void): Promise<OutboxEntry | undefined> {
  return database.transaction("rw", database.outbox, async () => {
    const entry = await database.outbox.get(id);
    if (!entry) return undefined;
    change(entry);
    await database.outbox.put(entry);
    return entry;
  });
}
