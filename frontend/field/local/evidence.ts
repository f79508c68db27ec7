/** Photos and signatures: bytes first, then the row that names them, so no row ever points at nothing. */
import { isoWithOffset } from "../../shared/days";
import { uuid7 } from "../../shared/ids";
import type { Place } from "../../shared/expressions";
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
  role: "photo" | "signature";
  /** The item it was taken at, or "". */
  item: string;
  /** The problem it proves, or "". */
  finding: string;
  captured_at: string;
  place: Place | null;
}

export type EvidencePlace = Pick<Evidence, "draft" | "role" | "item" | "finding" | "name"> & { place?: Place | null };

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
    item: where.item,
    finding: where.finding,
    captured_at: isoWithOffset(new Date()),
    place: where.place ? { ...where.place } : null,
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

/** How many photos stand at each item. */
export function photoCounts(evidence: Evidence[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of evidence) {
    if (one.role === "photo" && one.item && !one.finding) counts[one.item] = (counts[one.item] ?? 0) + 1;
  }
  return counts;
}
