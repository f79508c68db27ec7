import { describe, expect, it } from "vitest";
import functions from "../../tests/vectors/functions.json";
import generated from "../../tests/vectors/generated.json";
import byHand from "../../tests/vectors/expressions.json";
import { evaluate, type Tree, type Value } from "../shared/expressions";

interface Vector {
  name: string;
  tree: Tree;
  answers: Record<string, Value>;
  self?: Value;
  today?: string;
  value: Value;
}

describe.each(Object.entries({ byHand, functions, generated }))("expressions agree with the vectors shared with the server: %s", (_file, vectors) => {
  it.each(vectors as unknown as Vector[])("$name", ({ tree, answers, self, today, value }) => {
    expect(evaluate(tree, { answer: (key) => answers[key] ?? null, self, today })).toEqual(value);
  });
});

it("refuses an expression it does not know instead of guessing", () => {
  expect(() => evaluate(["call", "random"], { answer: () => null })).toThrow("unknown expression");
});
