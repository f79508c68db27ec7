/** How answers and scores read in the record; the server's documents say the same (instruments/reading.py). */
import type { Value } from "../../../shared/expressions";
import type { Item } from "../../../shared/instrument";
import type { Score } from "../../../shared/score";
import { both, day, listed, t } from "../../words";

export function answerWords(item: Item, answer: Value): string {
  if (answer === null || (Array.isArray(answer) && answer.length === 0)) return t("preview.notAnswered");
  if (item.type === "yes_no") return t(`item.${answer as "yes" | "no" | "na"}`);
  if (item.type === "single" || item.type === "multiple") return listed((Array.isArray(answer) ? answer : [answer]).map((key) => choiceWords(item, key)));
  if (item.type === "integer" || item.type === "decimal") return `${String(answer)} ${both(item.unit)}`.trim();
  if (item.type === "scale" || item.type === "score") return `${String(answer)}/${item.max ?? ""}${endWords(item, answer)}`;
  if (item.type === "date") return day(String(answer));
  if (item.type === "photo") return t("preview.photos", { n: (answer as string[]).length });
  if (item.type === "signature") return t("sign.signed");
  if (typeof answer === "object" && "lat" in answer) return `${answer.lat}, ${answer.lng}`;
  return String(answer);
}

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
