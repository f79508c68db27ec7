/**
 * Sends one file by the tus protocol, in pieces, going on where the last attempt stopped.
 *
 * A photo goes whole with the request that begins it, which spares a round trip; where that breaks once, it goes in pieces like
 * everything else. A small client of our own: each piece carries its checksum, the upload's address lives in the outbox row, and an upload
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
/** What goes whole at first; more would be lost at a break. */
const WHOLE_BYTES = 2 * 1024 * 1024;
/** A megabyte over a bad rural connection. */
const CHUNK_TIMEOUT_MS = 180_000;
const STREAM = "application/offset+octet-stream";
const TUS = { "Tus-Resumable": "1.0.0" };
/** How often one attempt begins anew or looks up its offset before it waits for the next round. */
const MAX_RESTARTS = 3;

export async function uploadFile(entry: OutboxEntry, file: OutboxFile): Promise<void> {
  const blob = await bytesOf(file.sha256);
  if (blob?.size !== file.size) throw new Refused(0, "bytes-missing", "", { sha256: file.sha256 });
  for (let restart = 0; restart < MAX_RESTARTS; restart += 1) {
    const offset = (await knownOffset(file)) ?? (await begin(entry, file, blob));
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

/** The first time with all its bytes, if it is small; after a break without any. */
async function begin(entry: OutboxEntry, file: OutboxFile, blob: Blob): Promise<number> {
  if (file.broke || blob.size === 0 || blob.size > WHOLE_BYTES) return (await create(entry, file)) ?? 0;
  try {
    const offset = await create(entry, file, blob);
    if (offset !== null) return offset;
  } catch (error) {
    await goInPieces(entry, file);
    throw error;
  }
  await goInPieces(entry, file);
  return (await create(entry, file)) ?? 0;
}

async function goInPieces(entry: OutboxEntry, file: OutboxFile): Promise<void> {
  file.broke = true;
  await changeEntry(entry.id, (row) => {
    for (const one of row.files) if (one.sha256 === file.sha256) one.broke = true;
  });
}

/** Where to go on; null where the bytes that went along were damaged on their way. */
async function create(entry: OutboxEntry, file: OutboxFile, whole?: Blob): Promise<number | null> {
  const answer = await ask(ENDPOINT, {
    method: "POST",
    ...(whole ? { body: whole, timeoutMs: CHUNK_TIMEOUT_MS, expects: [460] } : {}),
    headers: {
      ...TUS,
      ...(whole ? { "Content-Type": STREAM, "Upload-Checksum": `sha256 ${base64(await digestOf(whole))}` } : {}),
      "Upload-Length": String(file.size),
      "Upload-Metadata": metadata({ sha256: file.sha256, filetype: file.type, filename: file.name, entry: entry.id }),
    },
  });
  if (answer.status === 460) return null;
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
        "Content-Type": STREAM,
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
