/** Goes through the outbox when there is a chance to get through. Screens only put entries in and call `sendSoon`. */
import { ref, watch } from "vue";
import { currentUser, signInNeeded } from "../device/session";
import { database } from "../local/database";
import { deliver, noteStatus } from "./deliver";
import { changeEntry, isUnsent, type OutboxEntry } from "./entry";
import { Busy, Refused, SignInNeeded, Unreachable } from "./errors";
import { ALARMS, whileAlone } from "./lock";

const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const TICK_MS = 20_000;
/** The server has usually made a record of what it received by then, and the person is still looking. */
const FIRST_FOLLOW_UP_MS = 3_000;
/** How often and how long a confirmed entry is asked about until the server has processed it. */
const FOLLOW_UP_EVERY_MS = 60_000;
const FOLLOW_UP_MS = 7 * 86_400_000;
/** What may still change at the office. */
const OPEN_STATES = new Set(["received", "quarantined"]);

/** The entry this window is sending right now. */
export const sendingNow = ref("");

let running: Promise<void> | undefined;
let runningAlarms: Promise<boolean> | undefined;
let again = false;

/** Begin to watch for chances: network, the app coming to the front, the clock. */
export function watchForChances(): void {
  window.addEventListener("online", () => void sendSoon({ hurry: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void sendSoon();
  });
  setInterval(() => void sendSoon(), TICK_MS);
  watch(sendingNow, (id) => { if (!id) setTimeout(() => void sendSoon(), FIRST_FOLLOW_UP_MS); });
  // Opened again: what was put off while there was no network is tried at once.
  void sendSoon({ hurry: true });
}

/** Send what is due. `hurry` forgets the waiting times: the person asked, or the network has just come back. */
export async function sendSoon(options: { hurry?: boolean } = {}): Promise<void> {
  if (options.hurry) await forgetWaiting();
  void sendAlarms();
  if (running) {
    again = true;
    return running;
  }
  running = runUntilQuiet().finally(() => {
    running = undefined;
  });
  return running;
}

/** An alarm is a few words: it goes beside whatever is being sent, however long that takes. */
function sendAlarms(): Promise<boolean> {
  runningAlarms ??= whileAlone(() => sendDue((entry) => entry.kind === "alarm"), ALARMS).finally(() => {
    runningAlarms = undefined;
  });
  return runningAlarms;
}

async function runUntilQuiet(): Promise<void> {
  do {
    again = false;
    await whileAlone(() => sendDue((entry) => entry.kind !== "alarm"));
  } while (again);
}

async function sendDue(isOurs: (entry: OutboxEntry) => boolean): Promise<void> {
  const owner = (await currentUser())?.id;
  if (owner === undefined) return;
  const entries = (await database.outbox.where("owner").equals(owner).sortBy("made_at")).filter(isOurs);
  try {
    for (const entry of entries) {
      if (isUnsent(entry) && isDue(entry)) await attempt(entry, deliver);
      else if (wantsFollowUp(entry)) await attempt(entry, () => followUp(entry));
    }
  } catch (error) {
    // Without a session nothing else can be sent either; the person is asked to sign in.
    if (!(error instanceof SignInNeeded)) throw error;
    signInNeeded.value = true;
  } finally {
    sendingNow.value = "";
  }
}

/** One entry's failure is its own: the next one gets its turn. */
async function attempt(entry: OutboxEntry, work: (id: string) => Promise<void>): Promise<void> {
  if (isUnsent(entry)) sendingNow.value = entry.id;
  try {
    await work(entry.id);
  } catch (error) {
    if (error instanceof SignInNeeded) throw error;
    await changeEntry(entry.id, (row) => noteFailure(row, error));
  }
}

export function noteFailure(row: OutboxEntry, error: unknown, now: number = Date.now()): void {
  row.tries += 1;
  if (error instanceof Refused && isUnsent(row)) {
    row.stage = "refused";
    row.problem = { code: error.code, message: error.message, at: String(error.details["at"] ?? "") };
    row.ended_at = new Date(now).toISOString();
    return;
  }
  row.last_error = nameOf(error);
  const asked = error instanceof Busy ? error.retryAfterMs : null;
  row.next_at = now + Math.min(asked ?? waitAfter(row.tries), LONGEST_WAIT_MS);
}

function nameOf(error: unknown): string {
  if (error instanceof Unreachable) return "unreachable";
  if (error instanceof Busy) return "busy";
  return error instanceof Error ? error.message : String(error);
}

/** Doubling, with a spread so that a county's phones do not all come back in the same second. */
function waitAfter(tries: number): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
  return wait * (0.75 + Math.random() / 2);
}

export function isDue(entry: OutboxEntry, now: number = Date.now()): boolean {
  // A moment further off than any wait was written by a clock that has since been set back.
  return entry.next_at <= now || entry.next_at > now + 2 * LONGEST_WAIT_MS;
}

/** What the office's side made of it: the person hears when something was quarantined after it had arrived. */
async function followUp(entry: OutboxEntry): Promise<void> {
  await noteStatus(entry);
  await changeEntry(entry.id, (row) => { row.next_at = Date.now() + FOLLOW_UP_EVERY_MS; });
}

function wantsFollowUp(entry: OutboxEntry): boolean {
  const recent = Date.now() - Date.parse(entry.ended_at) < FOLLOW_UP_MS;
  return entry.stage === "done" && OPEN_STATES.has(entry.server_state) && recent && isDue(entry);
}

async function forgetWaiting(): Promise<void> {
  const waiting = await database.outbox.filter((entry) => isUnsent(entry) && entry.next_at > 0).primaryKeys();
  for (const id of waiting) await changeEntry(id, (row) => (row.next_at = 0));
}

/** A refused entry is offered again, the very same bytes: the fault may have been the server's. */
export async function offerAgain(id: string): Promise<void> {
  await changeEntry(id, (row) => {
    if (row.stage !== "refused") return;
    row.stage = row.received_at ? "files" : "entry";
    row.problem = null;
    row.next_at = 0;
    row.tries = 0;
    row.ended_at = "";
  });
  await sendSoon();
}
