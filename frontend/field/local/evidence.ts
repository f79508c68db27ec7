/** Photos, video, recordings, files and signatures: bytes first, then the row that names them, so no row ever points at nothing. */
import { isoWithOffset } from "../../shared/days";
import { uuid7 } from "../../shared/ids";
import type { Place } from "../../shared/expressions";
import { isEvidence, type Definition, type EvidenceType } from "../../shared/instrument";
import { hashOf } from "../device/hash";
import { database } from "./database";

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
}

export type EvidencePlace = Pick<Evidence, "draft" | "role" | "item" | "finding" | "name" | "seconds"> & { sheet?: string; place?: Place | null };

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
    captured_at: isoWithOffset(new Date()),
    place: where.place ? { ...where.place } : null,
    ...(where.seconds === undefined ? {} : { seconds: where.seconds }),
  };
  await database.transaction("rw", database.bytes, database.evidence, async () => {
    await database.bytes.put({ sha256, blob });
    await database.evidence.add(evidence);
  });
  return evidence;
}

export async function evidenceOf(draft: string): Promise<Evidence[]> {
  return database.evidence.where("draft").equals(draft).sortBy("id");
}

export async function bytesOf(sha256: string): Promise<Blob | undefined> {
  return (await database.bytes.get(sha256))?.blob;
}

/** The bytes go with the next tidying (local/tidy.ts), when nothing names them any more. */
export async function dropEvidence(id: string): Promise<void> {
  await database.evidence.delete(id);
}

/** What of a sheet's evidence answers its items: at a video item its videos, likewise sound and files, elsewhere the photos. */
export function evidenceAtItems(evidence: Evidence[], definition: Definition): Map<string, Evidence[]> {
  const items = definition.sections.flatMap((section) => section.items);
  const roles = new Map(items.map((item) => [item.key, isEvidence(item) ? item.type : "photo"]));
  const at = new Map<string, Evidence[]>();
  for (const one of evidence) {
    if (one.finding || roles.get(one.item) !== one.role) continue;
    at.set(one.item, [...(at.get(one.item) ?? []), one]);
  }
  return at;
}

/** How much of what an item asks for stands at it. */
export function photoCounts(evidence: Evidence[], definition: Definition): Record<string, number> {
  return Object.fromEntries([...evidenceAtItems(evidence, definition)].map(([item, held]) => [item, held.length]));
}
