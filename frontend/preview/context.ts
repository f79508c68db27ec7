/** A visit that exists on this screen only. */
import { computed, ref, shallowRef } from "vue";
import type { FormState } from "../shared/form";
import type { Definition } from "../shared/instrument";
import { formOf } from "../field/local/sheets";
import type { SheetDraft, VisitDraft } from "../field/local/visits";
import type { SheetShown, VisitContext } from "../field/screens/visit/context";

export const definition = shallowRef<Definition | null>(null);
const visit = ref<VisitDraft>(blankVisit());

function blankSheet(): SheetDraft {
  return { id: "sheet", instrument: "", instrument_name: { zh: "", en: "" }, answers: {}, notes: {} };
}

function blankVisit(): VisitDraft {
  return {
    id: "preview", owner: 0, unit: "", unit_name: "", sheets: [blankSheet()], inspector_note: "",
    stage: "open", started_at: new Date().toISOString(), finished_at: "", unplanned: true, place: null, place_refused: "unavailable",
    methods: [], companion: "", narrative: "", highlights: "", advice: "", findings: [],
    opinion: { agree: null, text: "" }, signing: { inspector: "", unit: "", unit_signer: "", unit_refused: "" }, revision: 0, changed_at: "",
  };
}

export function beginAgain(): void {
  visit.value = blankVisit();
}

const NOTHING_ASKED: FormState = { items: new Map(), sections: [], raised: [], score: null };
const sheet = computed(() => visit.value.sheets[0] as SheetDraft);
const sheets = computed<SheetShown[]>(() => {
  const asked = definition.value;
  return asked ? [{ sheet: sheet.value, title: "", definition: asked, form: formOf(visit.value, sheet.value, asked, []) }] : [];
});

export const context: VisitContext = {
  visit,
  sheets,
  sheet,
  month: computed(() => null),
  evidence: shallowRef([]),
  form: computed(() => sheets.value[0]?.form ?? NOTHING_ASKED),
  locked: computed(() => false),
  openProblem: ref(""),
  showGaps: ref(false),
  photosOf: () => [],
  problemsOf: () => [],
  answered: () => Promise.resolve(),
  settled: () => Promise.resolve(),
};
