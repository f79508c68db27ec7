import { expect, it } from "vitest";
import vectors from "../../tests/vectors/sheets.json";
import { gapsWithin, readForm, type Gap } from "../shared/form";
import type { Answers, Definition } from "../shared/instrument";

interface Vector {
  name: string;
  compiled: Definition;
  answers: Answers;
  notes: Record<string, string>;
  relevant: string[];
  faults: [string, string][];
  raised: string[];
}

const GAPS: Record<string, Gap> = {
  required: "answer",
  "wrong-kind": "range",
  "out-of-range": "range",
  constraint: "constraint",
  "reason-missing": "note",
};

it.each(vectors as unknown as Vector[])("$name", ({ compiled, answers, notes, relevant, faults, raised }) => {
  const form = readForm(compiled, { answers, notes, photos: {}, today: "2026-09-15" });
  const states = [...form.items.values()];
  expect(states.filter((state) => state.relevant).map((state) => state.item.key)).toEqual(relevant);
  expect(states.flatMap((state) => gapsWithin(state))).toEqual(faults.map(([name, code]) => [name, GAPS[code]]));
  expect(form.raised.map((one) => one.name)).toEqual(raised);
});
