/** From a draft to the payload of docs/field-api.md §3. Pure: the same draft gives the same payload. */
import { areEntries, withinEntry, type FormState, type ItemState } from "../../shared/form";
import type { Value } from "../../shared/expressions";
import type { Answers } from "../../shared/instrument";
import type { AlarmDraft } from "./alarms";
import type { Evidence } from "./evidence";
import { asksUnit } from "./joints";
import { hasLimit, isLimit } from "./problems";
import type { Forms } from "./sheets";
import type { VerificationDraft } from "./verifications";
import type { Problem, SheetDraft, VisitDraft } from "./visits";

declare const __APP_VERSION__: string;

export function visitPayload(visit: VisitDraft, forms: Forms, evidence: Evidence[]) {
  const sent = evidenceToSend(visit, forms, evidence);
  return {
    unit: visit.unit,
    sheets: visit.sheets.map((sheet) => sheetOf(sheet, forms.get(sheet.id))),
    inspector_note: visit.inspector_note,
    started_at: visit.started_at,
    finished_at: visit.finished_at,
    unplanned: visit.unplanned,
    covert: visit.covert ?? false,
    place: visit.place,
    place_refused: visit.place ? "" : visit.place_refused || "unavailable",
    methods: visit.methods,
    companion: visit.companion,
    narrative: visit.narrative,
    highlights: visit.highlights,
    advice: visit.advice,
    findings: visit.findings.map((problem) => findingOf(problem, sent)),
    unit_opinion: { agree: visit.opinion.agree ?? !asksUnit(visit), text: visit.opinion.text },
    signatures: { ...visit.signing },
    ...jointOf(visit),
    manifest: manifestOf(sent),
    app: __APP_VERSION__,
  };
}

function jointOf({ joint }: VisitDraft) {
  if (!joint) return {};
  const { plan, lead, members, without } = joint;
  return { joint: { plan, lead: lead.id, members: members.map((one) => one.id), without: without.trim() } };
}

export function checkInPayload(visit: VisitDraft) {
  return {
    visit: visit.id,
    unit: visit.unit,
    started_at: visit.started_at,
    unplanned: visit.unplanned,
    covert: visit.covert ?? false,
    place: visit.place,
    plan: visit.joint?.plan ?? null,
    manifest: [],
    app: __APP_VERSION__,
  };
}

export function answerPayload(plan: string, comes: boolean) {
  return { plan, comes, manifest: [], app: __APP_VERSION__ };
}

export function verificationPayload(draft: VerificationDraft, evidence: Evidence[], verifiedAt: string) {
  return {
    finding: draft.finding,
    seen_state: draft.seen_state,
    seen_round: draft.seen_round,
    decision: draft.decision,
    method: draft.method,
    facts: draft.facts,
    verified_at: verifiedAt,
    ...(draft.step ? { step: { ...draft.step } } : {}),
    manifest: manifestOf(evidence),
    app: __APP_VERSION__,
  };
}

export function alarmPayload(draft: AlarmDraft, evidence: Evidence[], pressedAt: string) {
  return {
    unit: draft.unit,
    what: draft.what.trim(),
    where: draft.where.trim(),
    visit: draft.visit || null,
    pressed_at: pressedAt,
    place: draft.place,
    manifest: manifestOf(evidence),
    app: __APP_VERSION__,
  };
}

/** What the manifest names: photos that still belong to something, and the signatures that were accepted last. */
export function evidenceToSend(visit: VisitDraft, forms: Forms, evidence: Evidence[]): Evidence[] {
  const problems = new Set(visit.findings.map((problem) => problem.id));
  const signatures = new Set([visit.signing.inspector, visit.signing.unit].filter(Boolean));
  return evidence.filter((one) => {
    if (one.role === "signature" && one.item === "") return signatures.has(one.sha256);
    if (one.finding) return problems.has(one.finding);
    return one.item === "" || (forms.get(one.sheet)?.items.get(one.item)?.relevant ?? false);
  });
}

/** The photos that prove a problem: its own, and those taken at the item that raised it. */
export function evidenceOfProblem(problem: Problem, evidence: Evidence[]): Evidence[] {
  return evidence.filter(
    (one) => one.role === "photo" && (one.finding === problem.id || (!one.finding && raisedAt(problem, one))),
  );
}

const raisedAt = ({ sheet, item }: Problem, one: Evidence): boolean => item !== "" && one.item === item && one.sheet === sheet;

function findingOf(problem: Problem, evidence: Evidence[]) {
  return {
    id: problem.id,
    sheet: problem.sheet || null,
    item: problem.item,
    rule: problem.rule,
    category: problem.category,
    severity: problem.severity,
    wording: problem.wording.trim(),
    basis: problem.basis.trim(),
    requirement: problem.requirement.trim(),
    // Where no time is given nobody has been asked to put an impossible one right.
    days: hasLimit(problem) || isLimit(problem.days) ? problem.days : 0,
    day_unit: problem.day_unit,
    disposition: problem.disposition,
    department: problem.disposition === "COMPLEX" ? problem.department.trim() : "",
    evidence: [...new Set(evidenceOfProblem(problem, evidence).map((one) => one.sha256))],
  };
}

function sheetOf(sheet: SheetDraft, form: FormState | undefined) {
  if (!form) throw new Error(`no instrument for sheet=${sheet.id}`);
  return { id: sheet.id, instrument: sheet.instrument, answers: relevantAnswers(sheet, form), notes: notesOf(sheet, form) };
}

function relevantAnswers(sheet: SheetDraft, form: FormState): Answers {
  const answered = [...form.items.values()].filter((state) => state.answered);
  return Object.fromEntries(answered.map((state) => [state.item.key, relevantWithin(state, sheet.answers[state.item.key] ?? null)]));
}

/** The entries of a repeat go without what was answered before it became irrelevant. */
function relevantWithin({ item, entries }: ItemState, answer: Value): Value {
  if (item.type !== "repeat" || !areEntries(answer)) return answer;
  return entries.map((entry) => Object.fromEntries(entry.filter((one) => one.answered).map((one) => [one.item.key, one.answer])));
}

function notesOf(sheet: SheetDraft, form: FormState): Record<string, string> {
  const names = new Set([...form.items.values()].flatMap((state) => relevantNames(state)));
  return Object.fromEntries(Object.entries(sheet.notes).filter(([name, note]) => note.trim() && names.has(name)));
}

function relevantNames({ item, relevant, entries }: ItemState): string[] {
  if (!relevant) return [];
  const within = entries.flatMap((entry, index) =>
    entry.filter((one) => one.relevant).map((one) => withinEntry(item.key, index, one.item.key)),
  );
  return [item.key, ...within];
}

/** One line per file: the same picture taken up twice is one file. */
function manifestOf(evidence: Evidence[]) {
  const bySha = new Map<string, Evidence>();
  for (const one of evidence) if (!bySha.has(one.sha256)) bySha.set(one.sha256, one);
  return [...bySha.values()].map((one) => ({
    sha256: one.sha256,
    size: one.size,
    type: one.type,
    name: one.name,
    role: one.role,
    sheet: one.sheet || null,
    item: one.item,
    captured_at: one.captured_at,
    place: one.place,
    ...(one.masks ? { masks: one.masks } : {}),
  }));
}
