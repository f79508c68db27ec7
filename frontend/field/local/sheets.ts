/** The sheets of a visit, each read with its own instrument and what was taken at it. */
import { readForm, type FormState } from "../../shared/form";
import type { Definition } from "../../shared/instrument";
import { photoCounts, type Evidence } from "./evidence";
import type { Bundle, Instrument, Unit } from "./bundle";
import { dayOfVisit, type SheetDraft, type VisitDraft } from "./visits";

/** By the sheet's id. */
export type Forms = Map<string, FormState>;
/** By version. */
export type Definitions = Map<string, Definition>;

export function formOf(visit: VisitDraft, sheet: SheetDraft, definition: Definition, evidence: Evidence[]): FormState {
  const { answers, notes } = sheet;
  return readForm(definition, { answers, notes, photos: photoCounts(takenAt(sheet, evidence), definition), today: dayOfVisit(visit) });
}

/** Sheets whose instrument is not known are left out. */
export function formsOf(visit: VisitDraft, definitions: Definitions, evidence: Evidence[]): Forms {
  return new Map(visit.sheets.flatMap((sheet) => {
    const definition = definitions.get(sheet.instrument);
    return definition ? [[sheet.id, formOf(visit, sheet, definition, evidence)] as const] : [];
  }));
}

export const takenAt = (sheet: SheetDraft, evidence: Evidence[]): Evidence[] => evidence.filter((one) => one.sheet === sheet.id);

/** Nothing said in it and nothing taken at it. */
export function isBlankSheet(sheet: SheetDraft, evidence: Evidence[]): boolean {
  const noted = Object.values(sheet.notes).some((note) => note.trim() !== "");
  const said = Object.values(sheet.answers).some((answer) => !(Array.isArray(answer) && answer.length === 0));
  return !noted && !said && takenAt(sheet, evidence).length === 0;
}

/** The instruments that suit a unit; those that go with its month come first, in the plan's order. */
export function fittingAt(unit: Unit | null | undefined, month: Bundle | null): Instrument[] {
  if (!unit) return [];
  const first = unit.month?.instruments ?? [];
  const able = (month?.instruments ?? []).filter(({ definition }) => definition.applies_to.length === 0 || definition.applies_to.includes(unit.kind));
  const place = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return [...able].sort((a, b) => place(a.key) - place(b.key));
}
