/** Video, sound and files as the phone hands them over: what is picked is what is hashed, kept and sent. */
import type { EvidenceType } from "../../shared/instrument";
import { MOST_BYTES } from "../local/evidence";

export type MediaKind = Exclude<EvidenceType, "photo">;

/** Browsers leave the type of many office files empty; the server looks at the bytes, and wants a name for them. */
const TYPES: Record<string, string> = {
  pdf: "application/pdf",
  doc: "application/msword",
  xls: "application/vnd.ms-excel",
  ppt: "application/vnd.ms-powerpoint",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  ofd: "application/ofd",
  wps: "application/vnd.ms-works",
  mp4: "video/mp4",
  webm: "video/webm",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  wav: "audio/wav",
};
/** How long a browser may look for the length of a video before we do without. */
const LOOK_MS = 3_000;

export type Refusal = "empty" | "tooLarge";

/** Why a file cannot be taken, before any of it is read. */
export function refusalOf({ size }: { size: number }): Refusal | null {
  if (size === 0) return "empty";
  return size > MOST_BYTES ? "tooLarge" : null;
}

export function typeOf({ type, name }: { type: string; name: string }): string {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return type || TYPES[ending] || "application/octet-stream";
}

/** The seconds a video or recording plays, where this browser can tell. */
export async function secondsOf(kind: MediaKind, blob: Blob): Promise<number | undefined> {
  if (kind === "file") return undefined;
  const player = document.createElement(kind);
  player.preload = "metadata";
  player.src = URL.createObjectURL(blob);
  try {
    await new Promise<void>((resolve) => {
      player.onloadedmetadata = player.onerror = () => resolve();
      setTimeout(resolve, LOOK_MS);
    });
    return Number.isFinite(player.duration) ? Math.max(1, Math.round(player.duration)) : undefined;
  } finally {
    URL.revokeObjectURL(player.src);
  }
}
