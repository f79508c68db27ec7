import { describe, expect, it } from "vitest";
import { readForm, type Filled } from "../shared/form";
import type { Value } from "../shared/expressions";
import type { Definition, Item } from "../shared/instrument";
import { DEFINITION } from "./instrument";

const read = (answers: Filled["answers"], more: Partial<Filled> = {}) =>
  readForm(DEFINITION, { answers, notes: {}, photos: {}, ...more });
const gaps = (key: string, answers: Filled["answers"], more: Partial<Filled> = {}) => read(answers, more).items.get(key)?.gaps;
const raised = (answers: Filled["answers"]) => read(answers).raised.map((one) => one.name);

describe("what is asked", () => {
  it("an item follows the answer it depends on", () => {
    expect(read({ minutes: 75 }).items.get("why")?.relevant).toBe(true);
    expect(read({ minutes: 45 }).items.get("why")?.relevant).toBe(false);
  });

  it("a section that is not relevant takes its items with it", () => {
    const form = read({ written: "no", open: "no" });
    expect(form.items.get("open")).toMatchObject({ relevant: false, required: false, answered: false, gaps: [] });
    expect(form.sections[1]).toMatchObject({ relevant: false, asked: 0 });
  });

  it("an item that is not relevant counts as unanswered for the others", () => {
    expect(read({ minutes: 75, why: "赶进度" }).items.get("proof")?.relevant).toBe(true);
    expect(read({ minutes: 45, why: "赶进度" }).items.get("proof")?.relevant).toBe(false);
  });

  it("a circle of conditions ends instead of running for ever", () => {
    const [first, second] = [
      { key: "a", type: "text", label: { zh: "", en: "" }, relevant_tree: ["ref", "b"] },
      { key: "b", type: "text", label: { zh: "", en: "" }, relevant_tree: ["ref", "a"] },
    ];
    const circle = { ...DEFINITION, sections: [{ key: "s", title: { zh: "", en: "" }, items: [first, second] }] } as Definition;
    const form = readForm(circle, { answers: { a: "x", b: "y" }, notes: {}, photos: {} });
    expect([...form.items.values()].map((state) => state.relevant)).toEqual([false, false]);
  });

  it("may be required by an expression", () => {
    expect(read({ written: "yes" }).items.get("minutes")?.required).toBe(true);
    expect(read({ written: "na" }).items.get("minutes")?.required).toBe(false);
  });

  it("progress counts what is required or answered, and only what is in order", () => {
    expect(read({ written: "no" }).sections[0]).toMatchObject({ asked: 2, answered: 0 });
    expect(read({ written: "no" }, { photos: { written: 1 } }).sections[0]).toMatchObject({ asked: 2, answered: 1 });
  });
});

describe("what is wrong with an answer", () => {
  it("required and missing", () => expect(gaps("written", {})).toEqual(["answer"]));

  it("not applicable needs a note", () => {
    expect(gaps("written", { written: "na" })).toEqual(["note"]);
    expect(gaps("written", { written: "na" }, { notes: { written: " " } })).toEqual(["note"]);
    expect(gaps("written", { written: "na" }, { notes: { written: "寄宿制学校" } })).toEqual([]);
  });

  it("photos are asked for by the answer", () => {
    expect(gaps("written", { written: "no" })).toEqual(["photos"]);
    expect(gaps("written", { written: "no" }, { photos: { written: 1 } })).toEqual([]);
    expect(gaps("written", { written: "yes" })).toEqual([]);
  });

  it("photos are asked for by number", () => {
    const answers = { minutes: 75, why: "x", proof: ["a"] };
    expect(gaps("proof", answers, { photos: { proof: 1 } })).toEqual(["photos"]);
    expect(gaps("proof", { ...answers, proof: ["a", "b"] }, { photos: { proof: 2 } })).toEqual([]);
  });

  it.each([[-1], [601], [1.5], ["many"]])("%s is not a whole number in the range", (answer) => {
    expect(gaps("minutes", { minutes: answer })).toEqual(["range"]);
  });

  it("a constraint looks at the answer itself", () => {
    expect(gaps("minutes", { minutes: 13 })).toEqual(["constraint"]);
    expect(gaps("minutes", { minutes: 0 })).toEqual([]);
  });
});

describe("kinds of answer", () => {
  const words = { zh: "一", en: "one" };
  const choices = [{ key: "a", label: words }, { key: "b", label: words }];
  const gapsOf = (item: Partial<Item>, answer: Value, more: Partial<Filled> = {}) => {
    const definition = { key: "t", title: words, applies_to: [], sections: [{ key: "s", title: words, items: [{ key: "x", label: words, ...item } as Item] }] };
    return readForm(definition, { answers: { x: answer }, notes: {}, photos: {}, ...more }).items.get("x")?.gaps;
  };

  it.each<[Partial<Item>, Value, boolean]>([
    [{ type: "multiple", choices }, ["a", "b"], true],
    [{ type: "multiple", choices }, ["a", "a"], false],
    [{ type: "multiple", choices }, ["c"], false],
    [{ type: "multiple", choices }, "a", false],
    [{ type: "decimal", min: 0, max: 14 }, 9.5, true],
    [{ type: "decimal", min: 0, max: 14 }, 14.1, false],
    [{ type: "decimal" }, "九", false],
    [{ type: "scale", max: 5 }, 1, true],
    [{ type: "scale", max: 5 }, 0, false],
    [{ type: "scale", max: 5 }, 6, false],
    [{ type: "scale", max: 5 }, 2.5, false],
    [{ type: "score", max: 10 }, 0, true],
    [{ type: "score", max: 10 }, 11, false],
    [{ type: "date" }, "2026-09-15", true],
    [{ type: "date" }, "2026-02-30", false],
  ])("%o answered %o", (item, answer, right) => {
    expect(gapsOf(item, answer)).toEqual(right ? [] : ["range"]);
  });

  it("no choice at all is no answer", () => {
    expect(gapsOf({ type: "multiple", choices, required: true }, [])).toEqual(["answer"]);
  });

  it("an answer other than the suggested one needs a reason", () => {
    const grade: Partial<Item> = { type: "single", choices, suggested_tree: ["lit", "a"] };
    expect(gapsOf(grade, "a")).toEqual([]);
    expect(gapsOf(grade, "b")).toEqual(["note"]);
    expect(gapsOf(grade, "b", { notes: { x: "示范课" } })).toEqual([]);
    expect(gapsOf({ ...grade, suggested_tree: ["lit", ""] }, "b")).toEqual([]);
  });

  it("today is the day of the visit", () => {
    const day: Partial<Item> = { type: "date", constraint_tree: ["<=", ["self"], ["call", "today"]] };
    expect(gapsOf(day, "2026-09-16", { today: "2026-09-15" })).toEqual(["constraint"]);
    expect(gapsOf(day, "2026-09-15", { today: "2026-09-15" })).toEqual([]);
  });
});

describe("problems raised", () => {
  it("by the answer that its rule names", () => {
    expect(raised({ written: "no", minutes: 75 })).toEqual(["written.no", "minutes.over"]);
    expect(raised({ written: "yes", minutes: 60 })).toEqual([]);
  });

  it("not by an item that is not relevant", () => {
    expect(raised({ written: "yes", open: "no" })).toEqual(["open.no"]);
    expect(raised({ written: "na", open: "no" })).toEqual([]);
  });
});
