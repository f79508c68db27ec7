/** The draft saves itself. What cannot reach the server is kept in this browser until it can. */
import { computed, ref, shallowRef } from "vue";
import { csrfToken } from "../office/htmx";
import type { Tree } from "../shared/expressions";
import type { Definition } from "../shared/instrument";
import { draft, load } from "./draft";

export interface Flaw {
  section: string;
  item: string;
  field: string;
  text: string;
}

/** What the server says of a saved draft: instruments/writing.py. */
export interface SavedState {
  revision: number;
  saved_at: string;
  saved_by: string;
  trees: Record<string, Tree>;
  sentences: Record<string, Record<string, string>>;
  flaws: Flaw[];
}

export interface Conflict {
  by: string;
  revision: number;
  content: Definition;
  state: SavedState;
  changes: { kind: string; what: string; field: string; before: string; after: string }[];
}

type Standing = "saved" | "waiting" | "saving" | "failed" | "signedOut" | "refused";

const KEEP_MS = 250;
const PAUSE_MS = 700;
const RETRY_MS = 5_000;
const KEPT = "dudao-instrument:";

export const saved = shallowRef<SavedState>({ revision: 0, saved_at: "", saved_by: "", trees: {}, sentences: {}, flaws: [] });
export const standing = ref<Standing>("saved");
export const refusal = ref("");
export const conflict = shallowRef<Conflict | null>(null);
/** Publication waits for the last save. */
export const isSettled = computed(() => standing.value === "saved" && conflict.value === null);

let url = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let keeping: ReturnType<typeof setTimeout> | undefined;
let running = false;
let changedAgain = false;

/** Begin with what the page brought; answers true where unsaved work of this browser was taken up again. */
export function begin(address: string, content: Definition, state: SavedState): boolean {
  url = address;
  saved.value = state;
  const kept = readKept();
  const isNews = kept !== null && kept.revision === state.revision && JSON.stringify(kept.content) !== JSON.stringify(content);
  load(isNews ? kept.content : content);
  if (isNews) changed();
  else forget();
  addEventListener("beforeunload", (event) => {
    if (standing.value === "saved") return;
    keep();
    event.preventDefault();
  });
  return isNews;
}

export function changed(): void {
  if (conflict.value) return;
  if (running) changedAgain = true;
  else standing.value = "waiting";
  clearTimeout(timer);
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_MS);
  timer = setTimeout(() => void save(), PAUSE_MS);
}

async function save(): Promise<void> {
  if (running) return;
  running = true;
  changedAgain = false;
  standing.value = "saving";
  try {
    await send();
  } catch {
    standing.value = "failed"; // no network: the text is kept here
    again(RETRY_MS);
  } finally {
    running = false;
  }
  if (changedAgain && !conflict.value) changed();
}

const again = (after: number): void => { timer = setTimeout(() => void save(), after); };

async function send(): Promise<void> {
  const body = JSON.stringify({ revision: saved.value.revision, content: draft.content });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.headers.get("content-type")?.startsWith("application/json")) {
    standing.value = response.redirected || response.status === 403 ? "signedOut" : "failed";
    again(RETRY_MS);
    return;
  }
  const answer: unknown = await response.json();
  if (response.ok) {
    saved.value = answer as SavedState;
    standing.value = "saved";
    if (!changedAgain) {
      clearTimeout(keeping);
      forget();
    }
    return;
  }
  const { message, details } = answer as { message: string; details: Conflict };
  standing.value = "refused";
  refusal.value = message;
  if (response.status === 409) conflict.value = details;
}

/** The other author's text stays in the journal of saves no longer: the person chose. */
export function keepMine(): void {
  if (!conflict.value) return;
  saved.value = { ...saved.value, revision: conflict.value.revision };
  conflict.value = null;
  changed();
}

export function takeTheirs(): void {
  if (!conflict.value) return;
  const { content, state } = conflict.value;
  conflict.value = null;
  saved.value = state;
  standing.value = "saved";
  forget();
  load(content);
}

function keep(): void {
  try {
    localStorage.setItem(KEPT + url, JSON.stringify({ revision: saved.value.revision, content: draft.content }));
  } catch {
    // A full or forbidden storage must not keep anyone from writing.
  }
}

function forget(): void {
  try {
    localStorage.removeItem(KEPT + url);
  } catch {
    // no storage, nothing to forget
  }
}

function readKept(): { revision: number; content: Definition } | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT + url) ?? "null") as { revision: number; content: Definition } | null;
  } catch {
    return null;
  }
}
