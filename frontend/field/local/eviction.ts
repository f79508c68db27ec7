/** A browser short of room may clear what a page has kept. That cannot be undone; it can only be said. */
import { ref } from "vue";
import { readKept } from "./database";

/** Kept apart from the database, which is what a browser clears first. */
const MARK = "dudao-field-device";

export const wasEvicted = ref(false);

/** Looked at on opening the app, and marked whenever somebody is signed in. */
export async function noticeEviction(): Promise<void> {
  const device = await readKept<string>("device-id");
  try {
    if (device) localStorage.setItem(MARK, device);
    else if (localStorage.getItem(MARK)) wasEvicted.value = true;
  } catch {
    // Without a place for the mark nothing can be told.
  }
}

export function forgetEviction(): void {
  wasEvicted.value = false;
  localStorage.removeItem(MARK);
}
