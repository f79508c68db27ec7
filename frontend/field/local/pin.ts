/** When a PIN is asked for and chosen, and when the app locks. What is sealed and how: local/vault.ts. */
import { computed, watch } from "vue";
import { askByCookie, signedInAs } from "../device/session";
import { Busy, Refused, SignInNeeded } from "../outbox/errors";
import { readKept } from "./database";
import { unsavedWrites } from "./draft";
import { month } from "./month";
import { keepPictures } from "./pictures";
import { beginSealing, canSeal, choosePin, followVault, leave, sweep, takeRule, vault } from "./vault";

/** The office asks for a PIN, and the person has not chosen one that will do. */
export const needsPin = computed(() => {
  const [rule, held, person] = [month.value?.pin, vault.value, signedInAs.value];
  if (!rule || !person || !canSeal()) return false;
  return held?.mode !== "on" || held.owner !== person.id || held.digits < rule.digits;
});

export async function setPin(pin: string): Promise<void> {
  const [rule, person] = [month.value?.pin, signedInAs.value];
  if (!rule || !person) return;
  if (vault.value?.mode === "on") return choosePin(pin, rule, person);
  await beginSealing(pin, rule, person, async (key) => { await tellServer("/api/field/pin", { key }); });
  // Pictures of reports lie beside the records, where nothing can be sealed; they are seen with a network.
  await keepPictures([], month.value?.user.photo ?? "");
}

/** The server's copy of the key, given to the person who has just signed in. */
export async function askForCopy(): Promise<string> {
  return ((await tellServer("/api/field/pin/forgotten", {})) as { key: string }).key;
}

async function tellServer(path: string, more: object): Promise<unknown> {
  const body = JSON.stringify({ device_id: await readKept<string>("device-id"), ...more });
  const answer = await askByCookie(path, body);
  if (answer.status === 200) return answer.body;
  const refusal = answer.body as { code?: string; message?: string } | null;
  if (refusal?.code && answer.status < 500 && refusal.code !== "token-missing") throw new Refused(answer.status, refusal.code, refusal.message ?? "");
  if (answer.status === 401 || answer.status === 403) throw new SignInNeeded();
  throw new Busy(null);
}

/** What the office asks for may change with every month that is loaded. */
export function followPin(): void {
  followVault(() => void lock());
  watch([() => month.value?.pin, () => vault.value?.mode], ([rule, mode]) => {
    if (rule === undefined || mode !== "on" || vault.value?.owner !== signedInAs.value?.id) return;
    void (rule === null ? leave() : takeRule(rule));
  }, { immediate: true });
  if (vault.value?.mode === "on" || vault.value?.mode === "leaving") void sweep();
}

const MINUTE_MS = 60_000;
/** A video is taken in the phone's own camera, with the app in the background: it must find its way back. */
const AT_THE_CAMERA_MS = 30 * MINUTE_MS;

/** In the background for as long as the rule says, the app locks. */
export function lockInBackground(): void {
  let hiddenAt = 0;
  let cameraAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waitMs = () => (vault.value?.lock_minutes ?? 0) * MINUTE_MS;
  function lockIfDue(): void {
    const isDue = vault.value?.mode === "on" && hiddenAt > 0 && Date.now() - hiddenAt >= waitMs();
    if (isDue && Date.now() - cameraAt > AT_THE_CAMERA_MS) void lock();
  }
  document.addEventListener("click", ({ target }) => { if (target instanceof HTMLInputElement && target.type === "file") cameraAt = Date.now(); }, true);
  for (const back of ["change", "cancel"]) document.addEventListener(back, () => { cameraAt = 0; }, true);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") {
      hiddenAt = Date.now();
      timer = setTimeout(lockIfDue, waitMs());
      return;
    }
    lockIfDue();
    hiddenAt = 0;
  });
}

const SOON_MS = 50;
const LONGEST_SAVE_MS = 3_000;

/** Opening anew leaves nothing in memory: no key, no record on any screen. What is being typed is on the disk first. */
export async function lock(): Promise<void> {
  document.body.hidden = true;
  for (let waited = 0; unsavedWrites.value > 0 && waited < LONGEST_SAVE_MS; waited += SOON_MS) {
    await new Promise((resolve) => setTimeout(resolve, SOON_MS));
  }
  location.reload();
}

/** What is easily guessed: one digit throughout, or digits in a row. */
export function isEasy(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at])));
  return steps.size === 1 && [0, 1, -1].includes([...steps][0] as number);
}

