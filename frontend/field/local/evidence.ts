/** Photos, video, recordings, files and signatures: bytes first, then the row that names them, so no row ever points at nothing. */
import { isoWithOffset } from "../../shared/days";
import { uuid7 } from "../../shared/ids";
import type { Place } from "../../shared/expressions";
import { isEvidence, type Definition, type EvidenceType } from "../../shared/instrument";
import { hashOf } from "../device/hash";
import type { Box } from "../device/mosaic";
import { database } from "./database";
import { openBytes, sealBytes } from "./sealing";

export interface Evidence {
  id: string;
  /** The visit or verification it belongs to. */
  draft: string;
  sha256: string;
  size: number;
  type: string;
  name: string;
  role: EvidenceType | "signature";
  /** The sheet and item it was taken at, or "". */
  sheet: string;
  item: string;
  /** The problem it proves, or "". */
  finding: string;
  captured_at: string;
  place: Place | null;
  /** Of a video or recording, where this browser could tell. */
  seconds?: number;
  /** Of a copy with faces covered: the hash of its original, and where it is covered. */
  masks?: string;
  boxes?: Box[];
}

export type EvidencePlace = Pick<Evidence, "draft" | "role" | "item" | "finding" | "name" | "seconds" | "masks" | "boxes"> & {
  sheet?: string;
  place?: Place | null;
  /** When, if not now. */
  captured_at?: string;
};

/** The server's limit on one file (docs/field-api.md §4). */
export const MOST_BYTES = 512 * 1024 * 1024;

export async function keepEvidence(blob: Blob, where: EvidencePlace): Promise<Evidence> {
  const sha256 = await hashOf(blob);
  const evidence: Evidence = {
    id: uuid7(),
    draft: where.draft,
    sha256,
    size: blob.size,
    type: blob.type,
    name: where.name,
    role: where.role,
    sheet: where.sheet ?? "",
    item: where.item,
    finding: where.finding,
    captured_at: where.captured_at ?? isoWithOffset(new Date()),
    place: where.place ? { ...where.place } : null,
    ...(where.seconds === undefined ? {} : { seconds: where.seconds }),
    ...(where.masks ? { masks: where.masks, boxes: (where.boxes ?? []).map((box) => ({ ...box })) } : {}),
  };
  const bytes = await sealBytes(sha256, blob);
  await database.transaction("rw", database.bytes, database.evidence, async () => {
    await database.bytes.put(bytes);
    await database.evidence.add(evidence);
  });
  return evidence;
}

export async function evidenceOf(draft: string): Promise<Evidence[]> {
  return database.evidence.where("draft").equals(draft).sortBy("id");
}

export async function bytesOf(sha256: string): Promise<Blob | undefined> {
  const kept = await database.bytes.get(sha256);
  return kept && openBytes(kept);
}

/** The bytes go with the next tidying (local/tidy.ts), when nothing names them any more. A photo takes its copies along. */
export async function dropEvidence(id: string): Promise<void> {
  await database.transaction("rw", database.evidence, async () => {
    const dropped = await database.evidence.get(id);
    if (!dropped) return;
    const beside = await database.evidence.where("draft").equals(dropped.draft).toArray();
    await database.evidence.bulkDelete([id, ...beside.filter((one) => isCopyOf(one, dropped)).map((one) => one.id)]);
  });
}

/** Keeps the copy of a photo with faces covered, at the same place, instead of the one before; null: none any more. */
export async function keepMasked(original: Evidence, copy: { blob: Blob; boxes: Box[] } | null): Promise<Evidence | null> {
  const before = (await evidenceOf(original.draft)).filter((one) => isCopyOf(one, original));
  const { draft, role, sheet, item, finding, place, captured_at, sha256: masks } = original;
  const name = `masked-${original.name.replace(/\.\w+$/, "")}.jpg`;
  const where = { draft, role, sheet, item, finding, place, captured_at, name, masks };
  const kept = copy && (await keepEvidence(copy.blob, { ...where, boxes: copy.boxes }));
  await database.evidence.bulkDelete(before.map((one) => one.id));
  return kept;
}

export function isCopyOf(one: Evidence, original: Evidence): boolean {
  return one.masks === original.sha256 && one.sheet === original.sheet && one.item === original.item && one.finding === original.finding;
}

/** As a person looks at them: each copy with faces covered after its original. */
export function besideOriginals(photos: Evidence[]): Evidence[] {
  return photos.filter((one) => !one.masks).flatMap((one) => [one, ...photos.filter((other) => isCopyOf(other, one))]);
}

/** As reports show them: a copy with faces covered in its original's place. */
export function shownOutside(photos: Evidence[]): Evidence[] {
  const masked = new Set(photos.map((one) => one.masks));
  return photos.filter((one) => !masked.has(one.sha256));
}

/** What of a sheet's evidence answers its items: at a video item its videos, likewise sound and files, elsewhere the photos. */
export function evidenceAtItems(evidence: Evidence[], definition: Definition): Map<string, Evidence[]> {
  const items = definition.sections.flatMap((section) => section.items);
  const roles = new Map(items.map((item) => [item.key, isEvidence(item) ? item.type : "photo"]));
  const at = new Map<string, Evidence[]>();
  for (const one of evidence) {
    if (one.finding || one.masks || roles.get(one.item) !== one.role) continue;
    at.set(one.item, [...(at.get(one.item) ?? []), one]);
  }
  return at;
}

/** How much of what an item asks for stands at it. */
export function photoCounts(evidence: Evidence[], definition: Definition): Record<string, number> {
  return Object.fromEntries([...evidenceAtItems(evidence, definition)].map(([item, held]) => [item, held.length]));
}
