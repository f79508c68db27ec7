/** Unsent work as one file: the last safety net when a phone cannot reach the server. */
import { currentUser } from "../device/session";
import { isUnsent } from "../outbox/entry";
import { database, readKept } from "./database";
import { bytesOf, type Evidence } from "./evidence";

/** Everything the server has not confirmed, photos included. Built in parts, because base64 of all files is large. */
export async function exportUnsent(): Promise<Blob> {
  const owner = (await currentUser())?.id;
  const mine = <T extends { owner: number }>(row: T) => owner === undefined || row.owner === owner;
  const entries = (await database.outbox.toArray()).filter((row) => mine(row) && (isUnsent(row) || row.stage === "refused"));
  const visits = (await database.visits.where("stage").equals("open").toArray()).filter(mine);
  const verifications = (await database.verifications.where("stage").equals("open").toArray()).filter(mine);
  const drafts = [...visits, ...verifications].map((draft) => draft.id);
  const evidence = await database.evidence.where("draft").anyOf([...drafts, ...entries.map((entry) => entry.id)]).toArray();
  const head = {
    format: "dudao-field-export",
    version: 1,
    exported_at: new Date().toISOString(),
    device_id: (await readKept<string>("device-id")) ?? "",
    user: owner ?? null,
    // `body` is the text that the outbox would send, to the byte.
    entries: entries.map(({ id, kind, body, stage, problem }) => ({ id, kind, body, stage, problem })),
    drafts: { visits, verifications },
    evidence,
  };
  const parts: BlobPart[] = [JSON.stringify(head).slice(0, -1), ',"files":['];
  parts.push(...(await filesAsJson(evidence)), "]}");
  return new Blob(parts, { type: "application/json" });
}

async function filesAsJson(evidence: Evidence[]): Promise<BlobPart[]> {
  const parts: BlobPart[] = [];
  for (const sha256 of new Set(evidence.map((one) => one.sha256))) {
    const blob = await bytesOf(sha256);
    if (!blob) continue;
    if (parts.length > 0) parts.push(",");
    const { type, size } = blob;
    const head = JSON.stringify({ sha256, type, size }).slice(0, -1);
    parts.push(new Blob([head, ',"base64":"', ...(await base64Of(blob)), '"}']));
  }
  return parts;
}

/** A multiple of three, so that the pieces of base64 join without a seam: a video as one text would be too long. */
const PIECE_BYTES = 3 * 1024 * 1024;

async function base64Of(blob: Blob): Promise<Blob[]> {
  const pieces: Blob[] = [];
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    pieces.push(new Blob([await base64OfPiece(blob.slice(at, at + PIECE_BYTES))]));
  }
  return pieces;
}

function base64OfPiece(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.readAsDataURL(blob);
  });
}

/** Offer the file: by the system's share sheet where downloads do not work (WeChat), otherwise as a download. */
export async function offerFile(blob: Blob, name: string): Promise<void> {
  const file = new File([blob], name, { type: blob.type });
  if (/MicroMessenger/.test(navigator.userAgent) && navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] });
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
