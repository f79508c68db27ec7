/** What is on this phone for the person signed in: open visits, what was finished here, reports to judge. */
import { computed, shallowRef, watch } from "vue";
import { liveQuery, type Subscription } from "dexie";
import { signedInAs } from "../device/session";
import { draftsOpen, entries } from "../outbox/state";
import type { OpenFinding, PlanStep } from "./bundle";
import { database } from "./database";
import { month } from "./month";
import { aboutOf, aboutReport, aboutStep, type VerificationDraft } from "./verifications";
import type { VisitDraft } from "./visits";

const visits = shallowRef<VisitDraft[]>([]);
const verifications = shallowRef<VerificationDraft[]>([]);

export const openVisits = computed(() =>
  visits.value.filter((visit) => visit.stage === "open").sort((a, b) => b.changed_at.localeCompare(a.changed_at)),
);

/** Visits begun at a school and not finished, the last one first. */
export const unfinishedAt = (unit: string): VisitDraft[] => openVisits.value.filter((visit) => visit.unit === unit);

/** Judgements somebody has begun to write; one that was only opened is not work to lose. */
export const openVerifications = computed(() =>
  verifications.value.filter((draft) => draft.stage === "open" && (draft.decision || draft.facts.trim())),
);

/** Units visited on this phone since the bundle was made, which the bundle therefore does not count. */
export const doneHere = computed(() => {
  const since = month.value?.generated_at ?? "";
  const handed = visits.value.filter((visit) => visit.stage === "handed" && isCounted(visit.id, since));
  return new Set(handed.map((visit) => visit.unit));
});

function isCounted(id: string, bundleMadeAt: string): boolean {
  const entry = entries.value.find((one) => one.id === id);
  if (!entry || entry.stage === "replaced") return false;
  // Server times on both sides: the phone's clock may be anything.
  return !entry.received_at || Date.parse(entry.received_at) >= Date.parse(bundleMadeAt);
}

/** Problems of which a report, or one of a step of a plan, waits for a judgement that was not yet made on this phone. */
export const toVerify = computed(() => (month.value?.findings ?? []).filter((finding) => reportWaits(finding) || stepsToVerify(finding).length > 0));

const reportWaits = (finding: OpenFinding): boolean => finding.state === "REPORTED" && !judgedHere.value.has(aboutReport(finding));

export const stepsToVerify = (finding: OpenFinding): PlanStep[] =>
  (finding.steps ?? []).filter((step) => step.waits && !judgedHere.value.has(aboutStep(finding, step)));

/** Judged here, and the server does not know yet. */
export const isJudgedHere = (finding: OpenFinding): boolean =>
  (finding.state === "REPORTED" && !reportWaits(finding)) || (finding.steps ?? []).some((step) => step.waits && judgedHere.value.has(aboutStep(finding, step)));

export const judgedHere = computed(() => {
  const handed = verifications.value.filter((draft) => draft.stage === "handed" && isNotReplaced(draft.id));
  return new Set(handed.map(aboutOf));
});

function isNotReplaced(id: string): boolean {
  return entries.value.some((entry) => entry.id === id && entry.stage !== "replaced");
}

let subscriptions: Subscription[] = [];

export function followWork(): void {
  watch(signedInAs, (user) => {
    subscriptions.forEach((one) => one.unsubscribe());
    visits.value = [];
    verifications.value = [];
    if (!user) return;
    subscriptions = [
      liveQuery(() => database.visits.where("owner").equals(user.id).toArray()).subscribe((rows) => { visits.value = rows; }),
      liveQuery(() => database.verifications.where("owner").equals(user.id).toArray()).subscribe((rows) => {
        verifications.value = rows;
      }),
    ];
  }, { immediate: true });
  watch(openVisits, (open) => { draftsOpen.value = open.length > 0; }, { immediate: true });
}
