import { describe, expect, it } from "vitest";
import vectors from "../../tests/vectors/expressions.json";
import { evaluate, type Tree, type Value } from "../shared/expressions";

interface Vector {
  name: string;
  tree: Tree;
  answers: Record<string, Value>;
  self?: Value;
  value: Value;
}

describe("expressions agree with the vectors shared with the server", () => {
  it.each(vectors as unknown as Vector[])("$name", ({ tree, answers, self, value }) => {
    expect(evaluate(tree, { answer: (key) => answers[key] ?? null, self })).toEqual(value);
  });
});

it("refuses an expression it does not know instead of guessing", () => {
  expect(() => evaluate(["call", "random"], { answer: () => null })).toThrow("unknown expression");
});
