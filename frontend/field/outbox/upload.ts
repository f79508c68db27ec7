/**
 * Sends one file by the tus protocol, in pieces, going on where the last attempt stopped.
 *
 * A small client of our own: each piece carries its checksum, the upload's address lives in the outbox row, and an upload
 * that the server answers as already whole ends without a byte.
 */
import { base64 } from "../../shared/bytes";
import { digestOf } from "../device/hash";
import { bytesOf } from "../local/evidence";
import { ask } from "./door";
import { changeEntry, type OutboxEntry, type OutboxFile } from "./entry";
import { Busy, Refused, Unreachable } from "./errors";
import type { Answer } from "./exchange";

const ENDPOINT = "/door/files";
const CHUNK_BYTES = 1024 * 1024;
/** A megabyte over a bad rural connection. */
const CHUNK_TIMEOUT_MS = 180_000;
const TUS = { "Tus-Resumable": "1.0.0" };
/** How often one attempt begins anew or looks up its offset before it waits for the next round. */
const MAX_RESTARTS = 3;

export async function uploadFile(entry: OutboxEntry, file: OutboxFile): Promise<void> {
  const blob = await bytesOf(file.sha256);
  if (blob?.size !== file.size) throw new Refused(0, "bytes-missing", "", { sha256: file.sha256 });
  for (let restart = 0; restart < MAX_RESTARTS; restart += 1) {
    const offset = (await knownOffset(file)) ?? (await create(entry, file));
    if (await sendFrom(offset, entry, file, blob)) return;
  }
  throw new Busy(null);
}

async function knownOffset(file: OutboxFile): Promise<number | null> {
  if (!file.upload_url) return null;
  const answer = await ask(file.upload_url, { method: "HEAD", headers: TUS, expects: [403, 404, 410] });
  // An upload that the server forgot is begun anew; the bytes are here.
  return answer.status < 300 ? offsetIn(answer) : null;
}

async function create(entry: OutboxEntry, file: OutboxFile): Promise<number> {
  const answer = await ask(ENDPOINT, {
    method: "POST",
    headers: {
      ...TUS,
      "Upload-Length": String(file.size),
      "Upload-Metadata": metadata({ sha256: file.sha256, filetype: file.type, filename: file.name, entry: entry.id }),
    },
  });
  const place = answer.headers.get("Location");
  if (answer.status !== 201 || !place) throw new Unreachable("no upload was created");
  await remember(entry, file, place);
  return answer.headers.has("Upload-Offset") ? offsetIn(answer) : 0;
}

/** True when the whole file is there; false when this upload must be looked at again or begun anew. */
async function sendFrom(start: number, entry: OutboxEntry, file: OutboxFile, blob: Blob): Promise<boolean> {
  let offset = start;
  while (offset < file.size) {
    const chunk = blob.slice(offset, offset + CHUNK_BYTES);
    const answer = await ask(file.upload_url, {
      method: "PATCH",
      headers: {
        ...TUS,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(offset),
        "Upload-Checksum": `sha256 ${base64(await digestOf(chunk))}`,
      },
      body: chunk,
      timeoutMs: CHUNK_TIMEOUT_MS,
      expects: [404, 409, 410, 460],
    });
    if (answer.status >= 300) {
      const lost = answer.status !== 409 && (answer.body as { code?: string } | null)?.code !== "checksum-mismatch";
      if (lost) await remember(entry, file, "");
      return false;
    }
    offset = offsetIn(answer);
  }
  return true;
}

function offsetIn(answer: Answer): number {
  const offset = Number(answer.headers.get("Upload-Offset") ?? NaN);
  if (Number.isNaN(offset)) throw new Unreachable("no upload offset");
  return offset;
}

async function remember(entry: OutboxEntry, file: OutboxFile, uploadUrl: string): Promise<void> {
  file.upload_url = uploadUrl;
  await changeEntry(entry.id, (row) => {
    for (const one of row.files) if (one.sha256 === file.sha256) one.upload_url = uploadUrl;
  });
}

function metadata(values: Record<string, string>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`);
  return pairs.join(",");
}
