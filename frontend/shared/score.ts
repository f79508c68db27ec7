/**
 * What a sheet scores: points times weight over what was relevant, as a share of the most that could be had. The server
 * computes the same (instruments/scores.py); tests/vectors/scores.json holds both to it.
 */
import { rounded, type Value } from "./expressions";
import type { Definition, Item, Section } from "./instrument";

export interface Score {
  points: number;
  most: number;
  percent: number;
}

/** A scored item that counts, how often, and the sections it counts in. */
export interface Mark {
  item: Item;
  weight: number;
  sections: string[];
}

type Answer = (key: string) => Value;

/** The relevant scored items; one that was said not to apply counts in nothing. */
export function marksOf(definition: Definition, relevant: (key: string) => boolean, answer: Answer): Mark[] {
  return definition.sections.flatMap((section) => {
    const line = lineOf(definition, section);
    const counts = (item: Item) => item.type === "score" && relevant(item.key) && !(item.na && answer(item.key) === "na");
    return section.items.filter(counts).map((item) => ({
      item,
      weight: line.reduce((weight, one) => weight * (one.weight ?? 1), item.weight ?? 1),
      sections: line.map((one) => one.key),
    }));
  });
}

/** A section and those it belongs to, the nearest first. A parent stands before its children, so this ends. */
export function lineOf(definition: Definition, section: Section): Section[] {
  const before = definition.sections.slice(0, definition.sections.indexOf(section));
  const parent = section.parent ? before.find((one) => one.key === section.parent) : undefined;
  return parent ? [section, ...lineOf(definition, parent)] : [section];
}

/** A scored item left open counts as nought, unless none at all is scored yet: then there is no score. */
export function scoreOf(marks: Mark[], answer: Answer): Score | null {
  const points = marks.map(({ item }) => pointsOf(item, answer(item.key)));
  if (points.every((one) => one === null)) return null;
  const had = marks.reduce((sum, { weight }, index) => sum + (points[index] ?? 0) * weight, 0);
  const most = marks.reduce((sum, { item, weight }) => sum + (item.max ?? 0) * weight, 0);
  return { points: had, most, percent: rounded((had / most) * 100, 1) };
}

function pointsOf(item: Item, value: Value): number | null {
  return typeof value === "number" && value >= 0 && value <= (item.max ?? 0) ? value : null;
}
