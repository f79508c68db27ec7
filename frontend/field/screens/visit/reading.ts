/** How answers and scores read in the record; the server's documents say the same (instruments/reading.py). */
import type { Value } from "../../../shared/expressions";
import { withinEntry, type ItemState } from "../../../shared/form";
import { isEvidence, type Item } from "../../../shared/instrument";
import type { Score } from "../../../shared/score";
import type { Bundle } from "../../local/bundle";
import type { Problem, SheetDraft } from "../../local/visits";
import { both, day, listed, named, t } from "../../words";

export function answerWords(item: Item, answer: Value): string {
  if (answer === null || (Array.isArray(answer) && answer.length === 0)) return t("preview.notAnswered");
  if (item.type === "yes_no" || (item.type === "score" && answer === "na")) return t(`item.${answer as "yes" | "no" | "na"}`);
  if (item.type === "single" || item.type === "multiple") return listed((Array.isArray(answer) ? answer : [answer]).map((key) => choiceWords(item, key)));
  if (item.type === "integer" || item.type === "decimal") return `${String(answer)} ${both(item.unit)}`.trim();
  if (item.type === "scale" || item.type === "score") return `${String(answer)}/${item.max ?? ""}${endWords(item, answer)}`;
  if (item.type === "date") return day(String(answer));
  if (isEvidence(item)) return t(`preview.of.${item.type}`, { n: (answer as string[]).length });
  if (item.type === "matrix") return `${Object.keys(answer as object).length}/${item.rows?.length ?? 0}`;
  if (item.type === "repeat") return t("preview.entries", { entry: both(item.entry), n: (answer as Value[]).length });
  if (item.type === "signature") return t("sign.signed");
  if (typeof answer === "object" && "lat" in answer) return `${answer.lat}, ${answer.lng}`;
  return String(answer);
}

/** The names of a visit's sheets; several of one instrument (lessons heard) are told apart by number. */
export function sheetTitles(sheets: SheetDraft[]): string[] {
  const names = sheets.map((sheet) => both(sheet.instrument_name));
  return names.map((name, index) => {
    if (names.filter((one) => one === name).length === 1) return name;
    return t("sheet.numbered", { name, n: names.slice(0, index + 1).filter((one) => one === name).length });
  });
}

/** How a problem is handled, with the department it goes to. */
export function handlingWords({ disposition, department }: Problem, month: Bundle | null): string {
  const words = both(month?.dispositions?.find((one) => one.key === disposition)?.name);
  return disposition === "COMPLEX" ? named(words, department.trim()) : words;
}

/** One line of the record; `within` says how deep it stands below its item: a row or entry 1, in an entry 2. */
export interface Line {
  name: string;
  label: string;
  words: string;
  answer: Value;
  within: number;
}

/** An item with its answer, and below it the rows of a matrix or the entries of a repeat. */
export function linesOf(state: ItemState): Line[] {
  const { item, answer } = state;
  return [lineOf(state, item.key, 0), ...rowLines(item, answer), ...entryLines(state)];
}

const lineOf = ({ item, answer }: ItemState, name: string, within: number): Line => ({
  name, label: both(item.label), words: answerWords(item, answer), answer, within,
});

function rowLines(item: Item, answer: Value): Line[] {
  if (item.type !== "matrix" || typeof answer !== "object" || answer === null) return [];
  const chosen = answer as Record<string, Value>;
  return (item.rows ?? []).map(({ key, label }) => {
    const own = chosen[key] ?? null;
    const words = own === null ? t("preview.notAnswered") : choiceWords(item, own);
    return { name: `${item.key}[${key}]`, label: both(label), words, answer: own, within: 1 };
  });
}

function entryLines({ item, entries }: ItemState): Line[] {
  return entries.flatMap((entry, index) => [
    { name: `${item.key}[${index + 1}]`, label: entryName(item, index), words: "", answer: null, within: 1 },
    ...entry.filter((one) => one.relevant).map((one) => lineOf(one, withinEntry(item.key, index, one.item.key), 2)),
  ]);
}

export const entryName = (repeat: Item, index: number): string => t("repeat.entry", { entry: both(repeat.entry), n: index + 1 });

export const scoreWords = ({ percent, points, most }: Score): string =>
  t("score.said", { percent, points: Math.round(points * 10) / 10, most: Math.round(most * 10) / 10 });

function choiceWords(item: Item, key: Value): string {
  return both(item.choices?.find((choice) => choice.key === key)?.label) || String(key);
}

/** What the step means, where it is one of the two ends. */
function endWords({ ends, max }: Item, answer: Value): string {
  const words = answer === 1 ? ends?.low : answer === max ? ends?.high : null;
  return words ? t("item.end", { words: both(words) }) : "";
}
