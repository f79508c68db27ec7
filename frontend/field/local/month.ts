/** The month as the screens see it: who works here, and the bundle kept for them. */
import { computed, shallowRef, watch, type WatchSource } from "vue";
import { liveQuery, type Subscription } from "dexie";
import { signedInAs } from "../device/session";
import { loadBundle, type Bundle } from "./bundle";
import { database, type KeptBundle } from "./database";
import { Refused, SignInNeeded, Unreachable, Busy } from "../outbox/errors";
import { t } from "../words";

/** Coming to the front again and again asks the server no more often than this. */
const RENEW_EVERY_MS = 3 * 60_000;

const kept = shallowRef<KeptBundle | null>(null);
/** The kept bundle has been looked up, so "none" means none. */
export const monthKnown = shallowRef(false);
export const month = computed<Bundle | null>(() => kept.value?.body ?? null);
export const monthLoadedAt = computed(() => kept.value?.loadedAt ?? "");
export const monthLoading = shallowRef(false);

let subscription: Subscription | undefined;

export function followMonth(): void {
  watch(signedInAs, (user) => {
    subscription?.unsubscribe();
    kept.value = null;
    monthKnown.value = false;
    if (!user) return;
    subscription = liveQuery(() => database.bundles.get(user.id)).subscribe((row) => {
      kept.value = row ?? null;
      monthKnown.value = true;
    });
  }, { immediate: true });
}

/** Load now; answers what went wrong in words, or "". */
export async function refreshMonth(): Promise<string> {
  if (monthLoading.value) return "";
  monthLoading.value = true;
  try {
    await loadBundle();
    return "";
  } catch (error) {
    if (error instanceof SignInNeeded) return t("signIn.again");
    if (error instanceof Unreachable || error instanceof Busy) return t("month.failed");
    if (error instanceof Refused) return t("month.refused", { reason: error.message });
    throw error;
  } finally {
    monthLoading.value = false;
  }
}

let renewing: Promise<void> | undefined;
let renewAgain = false;
let lastRenewal = 0;

/**
 * Renew what is kept without a word: nothing turns, nothing is said when it fails, and what is being written is not in the
 * bundle. A first bundle is loaded by the person's own tap.
 */
export function renewMonth(): Promise<void> {
  if (!kept.value) return Promise.resolve();
  renewAgain = renewing !== undefined;
  renewing ??= renewUntilQuiet().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** What arrives while an answer is on its way is not in that answer. */
async function renewUntilQuiet(): Promise<void> {
  do {
    renewAgain = false;
    lastRenewal = Date.now();
    try {
      await loadBundle();
    } catch (error) {
      if (!SILENT.some((kind) => error instanceof kind)) throw error;
    }
  } while (renewAgain);
}

/** The next chance comes; only what nobody expected is a fault. */
const SILENT = [SignInNeeded, Unreachable, Busy, Refused];

/** The outbox has just emptied, or the server has made something of what it received: visits done, findings judged. */
export function renewAfterSending(waiting: WatchSource<number>, arrived: WatchSource<number>): void {
  watch([waiting, arrived], ([left, now], [before, then]) => {
    if ((left === 0 && before > 0) || now > then) void renewMonth();
  });
}

/** The app opens, comes to the front, or finds a network again. */
export async function renewAgedMonth(): Promise<void> {
  if (!kept.value || !navigator.onLine || document.visibilityState !== "visible") return;
  const last = Math.max(lastRenewal, Date.parse(kept.value.loadedAt));
  // A moment that lies ahead was written by a clock that has since been set back.
  if (Math.abs(Date.now() - last) < RENEW_EVERY_MS) return;
  await renewMonth();
}

export function renewOnReturn(): void {
  window.addEventListener("online", () => void renewAgedMonth());
  document.addEventListener("visibilitychange", () => void renewAgedMonth());
}
