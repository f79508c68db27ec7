/**
 * What a sheet scores: points times weight over what was relevant, as a share of the most that could be had. The server
 * computes the same (instruments/scores.py); tests/vectors/scores.json holds both to it.
 */
import { rounded, type Value } from "./expressions";
import type { Item } from "./instrument";

export interface Score {
  points: number;
  most: number;
  percent: number;
}

/** A scored item left open counts as nought, unless none at all is scored yet: then there is no score. */
export function scoreOf(items: Item[], answer: (key: string) => Value): Score | null {
  const scored = items.filter((item) => item.type === "score");
  const points = scored.map((item) => pointsOf(item, answer(item.key)));
  if (points.every((one) => one === null)) return null;
  const weight = (index: number) => scored[index]?.weight ?? 1;
  const had = points.reduce<number>((sum, one, index) => sum + (one ?? 0) * weight(index), 0);
  const most = scored.reduce((sum, item, index) => sum + (item.max ?? 0) * weight(index), 0);
  return { points: had, most, percent: rounded((had / most) * 100, 1) };
}

function pointsOf(item: Item, value: Value): number | null {
  return typeof value === "number" && value >= 0 && value <= (item.max ?? 0) ? value : null;
}
