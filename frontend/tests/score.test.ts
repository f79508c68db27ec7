import { expect, it } from "vitest";
import vectors from "../../tests/vectors/scores.json";
import { readForm } from "../shared/form";
import type { Answers, Definition } from "../shared/instrument";
import type { Score } from "../shared/score";

interface Vector {
  name: string;
  compiled: Definition;
  answers: Answers;
  whole: Score | null;
  sections: Record<string, Score>;
}

it.each(vectors as unknown as Vector[])("$name", ({ compiled, answers, whole, sections }) => {
  const form = readForm(compiled, { answers, notes: {}, photos: {} });
  expect(form.score).toEqual(whole);
  const held = form.sections.filter((one) => one.score).map((one) => [one.section.key, one.score]);
  expect(Object.fromEntries(held)).toEqual(sections);
});
