/** Invitations to come along (同行邀请): those that wait, with what was answered on this phone and the server does not tell yet. */
import { computed } from "vue";
import { isUnsent, type OutboxEntry } from "../outbox/entry";
import { entries } from "../outbox/state";
import type { Invitation } from "./bundle";
import { month } from "./month";

export interface Answered {
  comes: boolean;
  sent: boolean;
}

/** What an entry of the outbox answers, and to which plan; null for entries of other kinds. */
export function answerIn(entry: OutboxEntry): { plan: string; comes: boolean } | null {
  if (entry.kind !== "invitation-answer" || entry.stage === "replaced") return null;
  return (JSON.parse(entry.body) as { payload: { plan: string; comes: boolean } }).payload;
}

const answeredHere = computed(() => {
  const found = new Map<string, Answered>();
  for (const entry of entries.value) {
    const told = answerIn(entry);
    if (told) found.set(told.plan, { comes: told.comes, sent: !isUnsent(entry) });
  }
  return found;
});

export const invitations = computed<(Invitation & { answer: Answered | undefined })[]>(() =>
  (month.value?.invitations ?? []).map((one) => ({ ...one, answer: answeredHere.value.get(one.plan) })),
);
