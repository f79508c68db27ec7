/** A visit that exists on this screen only. */
import { computed, ref, shallowRef } from "vue";
import { readForm, type FormState } from "../shared/form";
import type { Definition } from "../shared/instrument";
import type { Instrument } from "../field/local/bundle";
import { dayOfVisit, type VisitDraft } from "../field/local/visits";
import type { VisitContext } from "../field/screens/visit/context";

export const definition = shallowRef<Definition | null>(null);
const visit = ref<VisitDraft>(blankVisit());

function blankVisit(): VisitDraft {
  return {
    id: "preview", owner: 0, unit: "", unit_name: "", instrument: "", instrument_name: { zh: "", en: "" }, inspector_note: "",
    stage: "open", started_at: new Date().toISOString(), finished_at: "", unplanned: true, place: null, place_refused: "unavailable",
    methods: [], companion: "", answers: {}, notes: {}, narrative: "", highlights: "", advice: "", findings: [],
    opinion: { agree: null, text: "" }, signing: { inspector: "", unit: "", unit_signer: "", unit_refused: "" }, revision: 0, changed_at: "",
  };
}

export function beginAgain(): void {
  visit.value = blankVisit();
}

const form = computed<FormState>(() => {
  if (!definition.value) return { items: new Map(), sections: [], raised: [], score: null };
  const { answers, notes } = visit.value;
  return readForm(definition.value, { answers, notes, photos: {}, today: dayOfVisit(visit.value) });
});

const instrument = computed<Instrument | null>(() =>
  definition.value && { version: "", key: definition.value.key, name: definition.value.title, definition: definition.value },
);

export const context: VisitContext = {
  visit,
  instrument,
  month: computed(() => null),
  evidence: shallowRef([]),
  form,
  locked: computed(() => false),
  openProblem: ref(""),
  showGaps: ref(false),
  photosOf: () => [],
  problemsOf: () => [],
  answered: () => Promise.resolve(),
  settled: () => Promise.resolve(),
};
