/** How far the phone's clock stands from the server's. Nothing depends on it; the person is told when it is far off. */
import { ref } from "vue";
import { readKept, writeKept } from "../local/database";

export const WORTH_A_WARNING_MS = 5 * 60_000;

/** Server time minus phone time, in milliseconds. */
export const clockSkew = ref(0);

export async function recallClock(): Promise<void> {
  clockSkew.value = (await readKept<number>("clock-skew")) ?? 0;
}

export function noteServerTime(serverTime: string | null | undefined, now: number = Date.now()): void {
  const server = Date.parse(serverTime ?? "");
  if (Number.isNaN(server)) return;
  const skew = server - now;
  // The Date header counts whole seconds; small movements are not news.
  if (Math.abs(skew - clockSkew.value) < 2_000) return;
  clockSkew.value = skew;
  void writeKept("clock-skew", skew);
}
