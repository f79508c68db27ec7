/** What stands between a visit and its sending, each with the way there. */
import { withinEntry, type Gap, type ItemState } from "../../../shared/form";
import { isEvidence, type Item } from "../../../shared/instrument";
import { asksUnit } from "../../local/joints";
import { problemGaps, type ProblemGap } from "../../local/problems";
import type { VisitDraft } from "../../local/visits";
import { both, listed, named, t } from "../../words";
import type { SheetShown } from "./context";
import { entryName } from "./reading";

export interface Missing {
  words: string;
  /** Where to put it right, below /visits/<id>/. */
  to: string;
}

export function missingBeforeSigning(visit: VisitDraft, sheets: SheetShown[]): Missing[] {
  return [...sheets.flatMap((one) => missingAnswers(one, sheets.length > 1)), ...missingOnProblems(visit, sheets), ...missingOnRecord(visit)];
}

export function missingSignatures(visit: VisitDraft): Missing[] {
  const { signing } = visit;
  const missing: Missing[] = [];
  const add = (words: string) => missing.push({ words, to: "finish#signatures" });
  if (!signing.inspector) add(t("finish.missing.inspector"));
  if (!asksUnit(visit)) return missing;
  if (!signing.unit && !signing.unit_refused.trim()) add(t("finish.missing.unit"));
  if (signing.unit && !signing.unit_signer.trim()) add(t("finish.missing.signer"));
  return missing;
}

/** Among several sheets each line says which one it means. */
function missingAnswers({ sheet, title, form }: SheetShown, isOneOfMany: boolean): Missing[] {
  return form.sections.flatMap(({ section, items }) =>
    items.flatMap((state) => missingAt(state, state.item.key, isOneOfMany ? title : "", `check/${sheet.id}/${section.key}`)),
  );
}

/** What lacks at an item, in the open rows of a matrix, and in the entries of a repeat. `above` says which entry. */
function missingAt(state: ItemState, name: string, above: string, page: string): Missing[] {
  const { item, openRows, entries } = state;
  const label = [above, both(item.label)].filter(Boolean).join(" · ");
  const gaps = gapWords(state, openRows.length > 0 ? ALL_GAPS.filter((gap) => gap !== "answer") : ALL_GAPS);
  const own = gaps.length > 0 ? [{ words: named(label, listed(gaps)), to: `${page}#item-${name}` }] : [];
  const rows = (item.rows ?? []).filter((row) => openRows.includes(row.key)).map((row) => ({
    words: named(`${label} · ${both(row.label)}`, t("gap.answer")),
    to: `${page}#item-${name}[${row.key}]`,
  }));
  const within = entries.flatMap((entry, index) =>
    entry.flatMap((one) => missingAt(one, withinEntry(name, index, one.item.key), [above, entryName(item, index)].filter(Boolean).join(" · "), page)),
  );
  return [...own, ...rows, ...within];
}

function missingOnProblems(visit: VisitDraft, sheets: SheetShown[]): Missing[] {
  const raised = new Set(sheets.flatMap(({ sheet, form }) => form.raised.map((one) => `${sheet.id}/${one.name}`)));
  return visit.findings.flatMap((problem, index) => {
    const n = index + 1;
    const missing: Missing[] = [];
    const gaps = problemGaps(problem);
    if (gaps.length > 0) {
      missing.push({ words: t("finish.missing.problem", { n, what: problemGapWords(gaps) }), to: `problems/${problem.id}` });
    }
    if (problem.rule && !raised.has(`${problem.sheet}/${problem.rule}`) && !problem.keptOn) {
      missing.push({ words: t("finish.missing.doubt", { n }), to: `problems/${problem.id}` });
    }
    return missing;
  });
}

function missingOnRecord(visit: VisitDraft): Missing[] {
  const missing: Missing[] = [];
  if (visit.methods.length === 0) missing.push({ words: t("finish.missing.methods"), to: "record#methods" });
  const { joint } = visit;
  if (joint && joint.without !== "" && !joint.without.trim()) missing.push({ words: t("finish.missing.without"), to: "finish#without" });
  if (!asksUnit(visit)) return missing;
  const { agree, text } = visit.opinion;
  const refused = visit.signing.unit_refused.trim() !== "";
  if (agree === null && !refused) missing.push({ words: t("finish.missing.opinion"), to: "finish#opinion" });
  if (agree === false && !text.trim()) missing.push({ words: t("finish.missing.opinionText"), to: "finish#opinion" });
  return missing;
}

export const problemGapWords = (gaps: ProblemGap[]): string => listed(gaps.map((gap) => t(`problem.need.${gap}`)));

export const ALL_GAPS: readonly Gap[] = ["answer", "note", "photos", "range", "constraint"];
/** What an answer alone puts right. */
export const OF_ANSWER: readonly Gap[] = ["answer", "range", "constraint"];
/** What is wrong rather than not yet there. */
export const WRONG_ANSWERS: readonly Gap[] = ["range", "constraint"];

export function gapWords(state: ItemState, which: readonly Gap[] = ALL_GAPS): string[] {
  return state.gaps.filter((gap) => which.includes(gap)).map((gap) => wordsOf(gap, state));
}

function wordsOf(gap: Gap, { item, answer, openRows, photosNeeded }: ItemState): string {
  if (gap === "answer" && openRows.length > 0) return t("gap.rows", { n: openRows.length });
  if (gap === "photos") return t(`gap.${isEvidence(item) && item.type !== "photo" ? item.type : "photos"}`, { n: photosNeeded });
  if (gap === "constraint") return both(item.constraint_message) || t("gap.constraint");
  if (gap === "range") return rangeWords(item);
  if (gap === "note" && answer !== "na") return t("gap.noteOther");
  return t(`gap.${gap}`);
}

function rangeWords(item: Item): string {
  const { type, min = null, max = null } = item;
  if (type === "date") return t("gap.date");
  if (type === "repeat") return entriesWords(item);
  const kind = t(`gap.kind.${type === "decimal" ? "number" : "whole"}`);
  const least = type === "scale" ? 1 : type === "score" ? 0 : min;
  if (least !== null && max !== null) return t("gap.range", { min: least, max, kind });
  if (least !== null) return t("gap.rangeMin", { min: least, kind });
  if (max !== null) return t("gap.rangeMax", { max, kind });
  return t("gap.mustBe", { kind });
}

function entriesWords({ entry, min = null, max = null }: Item): string {
  const values = { entry: both(entry), min: min ?? 0, max: max ?? 0 };
  return t(max === null ? "gap.entriesMin" : min === null ? "gap.entriesMax" : "gap.entries", values);
}
