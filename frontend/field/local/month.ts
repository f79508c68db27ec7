/** The month as the screens see it: who works here, and the bundle kept for them. */
import { computed, shallowRef, watch, type WatchSource } from "vue";
import { liveQuery, type Subscription } from "dexie";
import { signedInAs } from "../device/session";
import { loadBundle, type Bundle } from "./bundle";
import { database, type KeptBundle } from "./database";
import { Refused, SignInNeeded, Unreachable, Busy } from "../outbox/errors";
import { t } from "../words";

const STALE_MS = 60 * 60_000;

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

/** What has just arrived changes the month: visits done, findings judged. */
export function refreshAfterArrivals(arrived: WatchSource<number>): void {
  watch(arrived, (now, before) => { if (now > before && kept.value) void refreshMonth(); });
}

/** On opening the app: quietly, and only when what is kept has aged. */
export async function refreshStaleMonth(): Promise<void> {
  if (!kept.value || Date.now() - Date.parse(kept.value.loadedAt) < STALE_MS) return;
  await refreshMonth();
}
