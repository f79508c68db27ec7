/** The red button: what is being written, what was pressed, and whether anybody has answered. */
import { computed, ref, shallowRef, watch } from "vue";
import { uuid7 } from "../../shared/ids";
import type { Place } from "../../shared/expressions";
import { signedInAs } from "../device/session";
import { ask } from "../outbox/door";
import { Busy, Refused, SignInNeeded, Unreachable } from "../outbox/errors";
import { entries } from "../outbox/state";
import { database, readKept, writeKept } from "./database";
import { saveFailed } from "./draft";

export interface AlarmDraft {
  id: string;
  owner: number;
  unit: string;
  unit_name: string;
  /** The visit during which it was found, or "". */
  visit: string;
  what: string;
  where: string;
  place: Place | null;
}

/** What the server says of an alarm. */
export interface AlarmAnswer {
  id: string;
  received_at: string;
  state: "RAISED" | "ACKNOWLEDGED" | "CLOSED";
  handler: string;
  acknowledged_at: string | null;
  climbed_at: string | null;
  closed_at: string | null;
  outcome: string;
}

export type AlarmStage = "waiting" | "sent" | "received" | "climbed" | "answered" | "closed";

export interface AlarmShown {
  id: string;
  unit_name: string;
  pressed_at: string;
  stage: AlarmStage;
  handler: string;
  outcome: string;
}

export const alarmDraftKey = (owner: number): string => `alarm-draft:${owner}`;

/** One that was begun and not sent is gone on with, at whatever school it is pressed again. */
export async function alarmDraft(owner: number, at: { unit: string; unit_name: string; visit: string }): Promise<AlarmDraft> {
  const kept = await readKept<AlarmDraft>(alarmDraftKey(owner));
  if (kept) return at.unit ? { ...kept, ...at } : kept;
  return { id: uuid7(), owner, ...at, what: "", where: "", place: null };
}

/** The disk takes plain values, not what the screen follows. */
export async function keepAlarmDraft(draft: AlarmDraft): Promise<void> {
  try {
    await writeKept(alarmDraftKey(draft.owner), JSON.parse(JSON.stringify(draft)));
    saveFailed.value = false;
  } catch {
    // As with a visit: the person is told, and the next keystroke tries again.
    saveFailed.value = true;
  }
}

export async function forgetAlarmDraft(draft: AlarmDraft): Promise<void> {
  await database.transaction("rw", database.kept, database.evidence, async () => {
    await database.kept.delete(alarmDraftKey(draft.owner));
    await database.evidence.where("draft").equals(draft.id).delete();
  });
}

const answers = shallowRef(new Map<string, AlarmAnswer>());
/** The moment, for clocks; runs only while an alarm is shown. */
export const now = ref(Date.now());
/** What was closed, or pressed so long ago, is no longer in the way. */
const SHOWN_MS = 7 * 86_400_000;
const CLOSED_SHOWN_MS = 12 * 3_600_000;
const ASK_EVERY_MS = 10_000;

export const alarms = computed<AlarmShown[]>(() =>
  entries.value.filter((entry) => entry.kind === "alarm" && entry.stage !== "replaced").flatMap((entry) => {
    const answer = answers.value.get(entry.id);
    const age = now.value - Date.parse(answer?.closed_at ?? entry.made_at);
    if (age > (answer?.closed_at ? CLOSED_SHOWN_MS : SHOWN_MS)) return [];
    const stage = stageOf(entry.received_at !== "", answer);
    const { handler = "", outcome = "" } = answer ?? {};
    return [{ id: entry.id, unit_name: entry.title, pressed_at: entry.made_at, stage, handler, outcome }];
  }),
);

export function stageOf(isSent: boolean, answer: AlarmAnswer | undefined): AlarmStage {
  if (!answer) return isSent ? "sent" : "waiting";
  if (answer.state === "CLOSED") return "closed";
  if (answer.state === "ACKNOWLEDGED") return "answered";
  return answer.climbed_at ? "climbed" : "received";
}

const isOpen = computed(() => alarms.value.some((alarm) => alarm.stage !== "closed"));

const EXPECTED = [SignInNeeded, Unreachable, Busy, Refused];

/** Ask whether anybody has answered. Not reaching the server is no news. */
export async function askAboutAlarms(): Promise<void> {
  try {
    const body = (await ask("/api/field/alarms")).body as { alarms: AlarmAnswer[] };
    answers.value = new Map(body.alarms.map((one) => [one.id, one]));
    await writeKept("alarms", body.alarms);
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error;
  }
}

export async function followAlarms(): Promise<void> {
  answers.value = new Map(((await readKept<AlarmAnswer[]>("alarms")) ?? []).map((one) => [one.id, one]));
  let asked = 0;
  setInterval(() => {
    if (alarms.value.length === 0) return;
    now.value = Date.now();
    const due = now.value - asked >= ASK_EVERY_MS && document.visibilityState === "visible";
    if (!due || !isOpen.value || !signedInAs.value) return;
    asked = now.value;
    void askAboutAlarms();
  }, 1_000);
  // As soon as it has arrived the first question is whether somebody has seen it.
  watch(() => alarms.value.map((alarm) => `${alarm.id}${alarm.stage}`).join(), () => { asked = 0; });
}
