/** The visit on the screen: its draft, its checklist, its evidence, and what follows from them. Shared by the parts. */
import { computed, inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";
import { readForm, type FormState } from "../../../shared/form";
import { isEvidence, type Item } from "../../../shared/instrument";
import { locate } from "../../device/place";
import { keptInstrument, type Bundle, type Instrument } from "../../local/bundle";
import { database } from "../../local/database";
import { useDraft } from "../../local/draft";
import { evidenceAtItems, evidenceOf, photoCounts, type Evidence } from "../../local/evidence";
import { useLive } from "../../local/live";
import { month } from "../../local/month";
import { isBlank, reconcileProblems } from "../../local/problems";
import { dayOfVisit, type Problem, type VisitDraft } from "../../local/visits";
import { askPerson } from "../../parts/ask";
import { t } from "../../words";

export interface VisitContext {
  visit: Ref<VisitDraft>;
  instrument: ShallowRef<Instrument | null>;
  month: ComputedRef<Bundle | null>;
  evidence: Readonly<ShallowRef<Evidence[]>>;
  form: ComputedRef<FormState>;
  /** Signed by somebody, or handed over: nothing may change under a signature. */
  locked: ComputedRef<boolean>;
  /** The problem in the sheet. */
  openProblem: Ref<string>;
  /** Show what is missing at the items, not only in the list at the end. */
  showGaps: Ref<boolean>;
  photosOf(where: { item?: string; finding?: string }): Evidence[];
  problemsOf(item: Item): Problem[];
  /** An answer is final for the moment: problems follow it, and a new one opens, unless `quietly`. */
  answered(how?: "quietly"): Promise<void>;
  settled(): Promise<void>;
}

export const VISIT: InjectionKey<VisitContext> = Symbol("visit");

export function useVisitHere(): VisitContext {
  const context = inject(VISIT);
  if (!context) throw new Error("no visit around this part");
  return context;
}

export function provideVisit(id: string) {
  const { draft, missing, overtaken, settled } = useDraft(database.visits, id);
  const evidence = useLive<Evidence[]>(() => evidenceOf(id), []);
  const instrument = shallowRef<Instrument | null>(null);
  const instrumentKnown = ref(false);
  const openProblem = ref("");
  const showGaps = ref(false);
  const visit = draft as Ref<VisitDraft>;

  watch(() => draft.value?.instrument, async (version) => {
    if (!version) return;
    instrument.value = (await keptInstrument(version)) ?? null;
    instrumentKnown.value = true;
  }, { immediate: true });

  const form = computed<FormState>(() => {
    const definition = instrument.value?.definition;
    if (!definition || !draft.value) return { items: new Map(), sections: [], raised: [], score: null };
    const { answers, notes } = draft.value;
    return readForm(definition, { answers, notes, photos: photoCounts(evidence.value, definition), today: dayOfVisit(draft.value) });
  });
  const locked = computed(() => {
    const one = draft.value;
    return !one || one.stage !== "open" || one.signing.inspector !== "" || one.signing.unit !== "";
  });
  const photosOf: VisitContext["photosOf"] = ({ item = "", finding = "" }) =>
    evidence.value.filter((one) => one.role === "photo" && one.item === item && one.finding === finding);
  const follow = problemFollower(draft, form, photosOf);

  async function answered(how?: "quietly"): Promise<void> {
    if (locked.value || !instrument.value) return;
    const added = await follow();
    if (added && how !== "quietly") openProblem.value = added;
  }

  watch(() => draft.value?.id, () => void findPlace(draft));
  watch([evidence, instrument], () => { if (!locked.value) answerByEvidence(draft, instrument.value, evidence.value); });
  // A crash between an answer and its problem is made good on opening; nothing pops up for it.
  watch(instrument, () => { if (instrument.value && !locked.value) void forgetBlank(draft).then(follow); });

  const context: VisitContext = {
    visit, instrument, month, evidence, form, locked, openProblem, showGaps, photosOf, answered, settled,
    problemsOf: (item) => draft.value?.findings.filter((problem) => problem.item === item.key) ?? [],
  };
  provide(VISIT, context);
  return { ...context, missing, overtaken, instrumentKnown };
}

/** A crash may also have come while a new problem was still empty. */
async function forgetBlank(draft: Ref<VisitDraft | null>): Promise<void> {
  const one = draft.value;
  if (!one) return;
  const taken = await evidenceOf(one.id);
  const kept = one.findings.filter((problem) => !isBlank(problem, taken.some((photo) => photo.finding === problem.id)));
  if (kept.length < one.findings.length) one.findings = kept;
}

/** Started before the phone knew where it was: look again, once per opening. */
async function findPlace(draft: Ref<VisitDraft | null>): Promise<void> {
  const unknown = () => draft.value?.stage === "open" && !draft.value.place && draft.value.place_refused === "";
  if (!unknown()) return;
  const { place, refused } = await locate();
  if (draft.value && unknown()) Object.assign(draft.value, { place, place_refused: refused });
}

/** The answer of a photo, video, audio or file item is the list of what was taken, always derived, so the two cannot differ. */
function answerByEvidence(draft: Ref<VisitDraft | null>, instrument: Instrument | null, evidence: Evidence[]): void {
  if (!instrument) return;
  const answers = draft.value?.answers;
  const taken = evidenceAtItems(evidence, instrument.definition);
  for (const { key } of instrument.definition.sections.flatMap((section) => section.items).filter(isEvidence)) {
    const hashes = (taken.get(key) ?? []).map((one) => one.sha256);
    if (answers && JSON.stringify(answers[key] ?? []) !== JSON.stringify(hashes)) answers[key] = hashes;
  }
}

/** Answers the id of a problem that has just been raised. */
function problemFollower(
  draft: Ref<VisitDraft | null>,
  form: ComputedRef<FormState>,
  photosOf: VisitContext["photosOf"],
): () => Promise<string> {
  return async () => {
    if (!draft.value) return "";
    const hasPhotos = (problem: Problem) => photosOf({ item: problem.item, finding: problem.id }).length > 0;
    const severities = month.value?.severities ?? [];
    const { added, doubtful } = reconcileProblems(draft.value, form.value.raised, severities, hasPhotos);
    for (const problem of doubtful) {
      const title = t("problem.doubtTitle");
      const text = t("problem.doubtText", { wording: problem.wording });
      const keep = await askPerson({ title, text, yes: t("problem.keep"), no: t("problem.withdraw") });
      if (keep) problem.keptOn = true;
      else draft.value.findings = draft.value.findings.filter((one) => one.id !== problem.id);
    }
    return added[0]?.id ?? "";
  };
}
