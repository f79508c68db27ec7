/** The visit on the screen: its draft, its sheets with their checklists, its evidence, and what follows from them. Shared by the parts. */
import { computed, inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";
import type { FormState } from "../../../shared/form";
import { isEvidence, type Definition, type Item } from "../../../shared/instrument";
import { locate } from "../../device/place";
import { keptInstrument, severitiesOf, type Bundle, type Instrument } from "../../local/bundle";
import { database } from "../../local/database";
import { useDraft } from "../../local/draft";
import { evidenceAtItems, evidenceOf, type Evidence } from "../../local/evidence";
import { useLive } from "../../local/live";
import { month } from "../../local/month";
import { isBlank, reconcileProblems } from "../../local/problems";
import { formOf, takenAt, type Definitions, type Forms } from "../../local/sheets";
import type { Problem, SheetDraft, VisitDraft } from "../../local/visits";
import { askPerson } from "../../parts/ask";
import { t } from "../../words";
import { sheetTitles } from "./reading";

/** A sheet with what it is read by. */
export interface SheetShown {
  sheet: SheetDraft;
  /** Its name among the sheets of this visit. */
  title: string;
  definition: Definition;
  form: FormState;
}

export const formsShown = (sheets: SheetShown[]): Forms => new Map(sheets.map(({ sheet, form }) => [sheet.id, form]));
export const definitionsShown = (sheets: SheetShown[]): Definitions =>
  new Map(sheets.map(({ sheet, definition }) => [sheet.instrument, definition]));

export interface VisitContext {
  visit: Ref<VisitDraft>;
  sheets: ComputedRef<SheetShown[]>;
  /** The sheet that is being filled in. */
  sheet: ComputedRef<SheetDraft>;
  month: ComputedRef<Bundle | null>;
  evidence: Readonly<ShallowRef<Evidence[]>>;
  /** What follows from that sheet's answers. */
  form: ComputedRef<FormState>;
  /** Signed by somebody, or handed over: nothing may change under a signature. */
  locked: ComputedRef<boolean>;
  /** The problem in the sheet. */
  openProblem: Ref<string>;
  /** Show what is missing at the items, not only in the list at the end. */
  showGaps: Ref<boolean>;
  photosOf(where: { sheet?: string; item?: string; finding?: string }): Evidence[];
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

const NOTHING_ASKED: FormState = { items: new Map(), sections: [], raised: [], score: null };

/** `shown` names the sheet that is being filled in; the first one where it names none. */
export function provideVisit(id: string, shown: () => string) {
  const { draft, missing, overtaken, settled } = useDraft(database.visits, id);
  const evidence = useLive<Evidence[]>(() => evidenceOf(id), []);
  const instruments = shallowRef(new Map<string, Instrument>());
  const instrumentsKnown = ref(false);
  const openProblem = ref("");
  const showGaps = ref(false);
  const visit = draft as Ref<VisitDraft>;

  watch(() => draft.value?.sheets.map((one) => one.instrument).join(), async (versions) => {
    if (!versions) return;
    const found = await Promise.all(versions.split(",").map(keptInstrument));
    instruments.value = new Map(found.flatMap((one) => (one ? [[one.version, one] as const] : [])));
    instrumentsKnown.value = true;
  }, { immediate: true });

  const sheets = computed<SheetShown[]>(() => {
    const one = draft.value;
    if (!one) return [];
    const titles = sheetTitles(one.sheets);
    return one.sheets.flatMap((own, index) => {
      const definition = instruments.value.get(own.instrument)?.definition;
      if (!definition) return [];
      return [{ sheet: own, title: titles[index] ?? "", definition, form: formOf(one, own, definition, evidence.value) }];
    });
  });
  /** Every instrument is on this phone. */
  const readable = computed(() => sheets.value.length > 0 && sheets.value.length === draft.value?.sheets.length);
  const current = computed(() => sheets.value.find((one) => one.sheet.id === shown()) ?? sheets.value[0]);
  const sheet = computed(() => current.value?.sheet as SheetDraft);
  const form = computed(() => current.value?.form ?? NOTHING_ASKED);
  const locked = computed(() => {
    const one = draft.value;
    return !one || one.stage !== "open" || one.signing.inspector !== "" || one.signing.unit !== "";
  });
  const photosOf: VisitContext["photosOf"] = ({ sheet: of = "", item = "", finding = "" }) =>
    evidence.value.filter((one) => one.role === "photo" && one.sheet === of && one.item === item && one.finding === finding);
  const follow = problemFollower(draft, sheets, photosOf);

  async function answered(how?: "quietly"): Promise<void> {
    if (locked.value || !readable.value) return;
    const added = await follow();
    if (added && how !== "quietly") openProblem.value = added;
  }

  watch(() => draft.value?.id, () => void findPlace(draft));
  watch([evidence, readable], () => { if (!locked.value) answerByEvidence(sheets.value, evidence.value); });
  // A crash between an answer and its problem is made good on opening; nothing pops up for it.
  watch(readable, () => { if (readable.value && !locked.value) void forgetBlank(draft).then(follow); });

  const context: VisitContext = {
    visit, sheets, sheet, month, evidence, form, locked, openProblem, showGaps, photosOf, answered, settled,
    problemsOf: (item) => draft.value?.findings.filter((problem) => problem.sheet === sheet.value.id && problem.item === item.key) ?? [],
  };
  provide(VISIT, context);
  return { ...context, missing, overtaken, readable, instrumentsKnown };
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
function answerByEvidence(sheets: SheetShown[], evidence: Evidence[]): void {
  for (const { sheet, definition } of sheets) {
    const taken = evidenceAtItems(takenAt(sheet, evidence), definition);
    for (const { key } of definition.sections.flatMap((section) => section.items).filter(isEvidence)) {
      const hashes = (taken.get(key) ?? []).map((one) => one.sha256);
      if (JSON.stringify(sheet.answers[key] ?? []) !== JSON.stringify(hashes)) sheet.answers[key] = hashes;
    }
  }
}

/** Answers the id of a problem that has just been raised. */
function problemFollower(
  draft: Ref<VisitDraft | null>,
  sheets: ComputedRef<SheetShown[]>,
  photosOf: VisitContext["photosOf"],
): () => Promise<string> {
  return async () => {
    if (!draft.value) return "";
    const one = draft.value;
    const hasPhotos = (problem: Problem) => photosOf({ sheet: problem.sheet, item: problem.item, finding: problem.id }).length > 0;
    const severities = severitiesOf(month.value, one.unit);
    const followed = sheets.value.map(({ sheet, form }) => reconcileProblems(one, sheet.id, form.raised, severities, hasPhotos));
    for (const problem of followed.flatMap(({ doubtful }) => doubtful)) {
      const title = t("problem.doubtTitle");
      const text = t("problem.doubtText", { wording: problem.wording });
      const keep = await askPerson({ title, text, yes: t("problem.keep"), no: t("problem.withdraw") });
      if (keep) problem.keptOn = true;
      else draft.value.findings = draft.value.findings.filter((one) => one.id !== problem.id);
    }
    return followed.flatMap(({ added }) => added)[0]?.id ?? "";
  };
}
