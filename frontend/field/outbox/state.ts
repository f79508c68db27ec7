/** One state for the whole phone, shown at the top of every screen. */
import { computed, ref, shallowRef, watch } from "vue";
import { liveQuery, type Subscription } from "dexie";
import { signedInAs, signInNeeded } from "../device/session";
import { database } from "../local/database";
import { saveFailed, unsavedWrites } from "../local/draft";
import type { IconName } from "../parts/icons";
import { t } from "../words";
import { isUnsent, needsPerson, type OutboxEntry } from "./entry";
import { sendingNow } from "./sender";

export interface SyncState {
  tone: "calm" | "wait" | "good" | "bad";
  icon: IconName;
  words: string;
  offline: boolean;
}

/** The person's entries, newest first. */
export const entries = shallowRef<OutboxEntry[]>([]);
export const online = ref(true);

export const unsent = computed(() => entries.value.filter(isUnsent));
export const waiting = computed(() => unsent.value.length);
export const troubled = computed(() => entries.value.filter((entry) => needsPerson(entry) && !entry.seen));

/** How many entries the server has made something of. */
export const arrived = computed(() => entries.value.filter((entry) => entry.server_state === "projected").length);

let subscription: Subscription | undefined;

export function followOutbox(): void {
  watch(signedInAs, (user) => {
    subscription?.unsubscribe();
    entries.value = [];
    if (!user) return;
    subscription = liveQuery(() => database.outbox.where("owner").equals(user.id).reverse().sortBy("made_at")).subscribe(
      (rows) => { entries.value = rows; },
    );
  }, { immediate: true });
  online.value = navigator.onLine;
  window.addEventListener("online", () => { online.value = true; });
  window.addEventListener("offline", () => { online.value = false; });
}

export const filesStored = (entry: OutboxEntry): number => entry.files.filter((file) => file.stored).length;

/** Off line is how most visits go: it is said beside the state, in the state's own tone. */
export const syncState = computed<SyncState>(() => {
  const { words, ...rest } = mostPressing();
  return { ...rest, words: online.value ? words : t("sync.offline", { state: words }), offline: !online.value };
});

function mostPressing(): Omit<SyncState, "offline"> {
  if (saveFailed.value) return { tone: "bad", icon: "alert", words: t("sync.saveFailed") };
  if (troubled.value.length > 0) return { tone: "bad", icon: "alert", words: t("sync.trouble", { n: troubled.value.length }) };
  if (signInNeeded.value && waiting.value > 0) return { tone: "bad", icon: "me", words: t("sync.signIn") };
  const sending = unsent.value.find((entry) => entry.id === sendingNow.value);
  if (sending) {
    const all = sending.files.length;
    const words = all ? t("sync.sending", { done: filesStored(sending), all }) : t("outbox.sending");
    return { tone: "wait", icon: "up", words };
  }
  if (waiting.value > 0) return { tone: "wait", icon: "up", words: t("sync.waiting", { n: waiting.value }) };
  if (savesSlowly.value) return { tone: "calm", icon: "check", words: t("sync.saving") };
  const allSent = entries.value.some((entry) => entry.stage === "done");
  return allSent && !draftsOpen.value
    ? { tone: "good", icon: "check", words: t("sync.sent") }
    : { tone: "calm", icon: "check", words: t(online.value ? "sync.saved" : "sync.savedShort") };
}

/** A write takes a few thousandths of a second; only one that hangs is news. A word that flickers at each key is not. */
const SLOW_SAVE_MS = 1_000;
const savesSlowly = ref(false);
let slow: ReturnType<typeof setTimeout> | undefined;
watch(unsavedWrites, (count, before) => {
  if (count > 0 && before > 0) return;
  clearTimeout(slow);
  if (count === 0) savesSlowly.value = false;
  else slow = setTimeout(() => { savesSlowly.value = true; }, SLOW_SAVE_MS);
});

/** Set by the app: while something is being written, "saved" is the news, not "sent". */
export const draftsOpen = ref(false);
