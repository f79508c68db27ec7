import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { conditionOf, textOf, type Condition } from "../editor/conditions";
import { addItem, addSection, addSubItem, changeType, draft, duplicate, everyItem, findItem, levelOf, load, moveItem, moveSection, removeSection, selected, shares, shift } from "../editor/draft";
import { compiled } from "../editor/compiled";
import type { Tree } from "../shared/expressions";
import type { Definition, ItemType } from "../shared/instrument";

const words = (zh: string) => ({ zh, en: "" });
const item = (key: string, type: ItemType = "yes_no", more = {}) => ({ key, type, label: words(key), ...more });

function definition(): Definition {
  return {
    key: "one", title: words("一"), applies_to: [],
    sections: [
      { key: "s1", title: words("甲"), items: [item("q1"), item("q2")] },
      { key: "s2", title: words("乙"), items: [item("q3")] },
      { key: "s3", title: words("丙"), parent: "s2", items: [] },
    ],
  };
}

const keys = () => draft.content.sections.map((section) => [section.key, ...section.items.map((one) => one.key)].join(" "));

beforeEach(() => {
  load(definition());
  selected.value = { section: "", item: "" };
});

describe("conditions clicked together", () => {
  const TYPES: Record<string, ItemType> = { a: "yes_no", n: "integer", m: "multiple", d: "date", r: "repeat", ".": "score" };
  const typeOf = (key: string) => TYPES[key];
  const vectors = JSON.parse(readFileSync("../tests/vectors/expressions.json", "utf8")) as { text: string; tree: Tree }[];

  it.each<[string, Condition["rows"], Condition["join"]]>([
    ["${a} = 'no'", [{ item: "a", operator: "is", value: "no" }], "and"],
    ["${n} >= -3 and . < 10", [{ item: "n", operator: "atLeast", value: "-3" }, { item: ".", operator: "less", value: "10" }], "and"],
    ["selected(${m}, 'x') or not(selected(${m}, 'y'))", [{ item: "m", operator: "chosen", value: "x" }, { item: "m", operator: "notChosen", value: "y" }], "or"],
    ["${d} > '2026-09-01'", [{ item: "d", operator: "more", value: "2026-09-01" }], "and"],
    ["${a} != ''", [{ item: "a", operator: "filled", value: "" }], "and"],
    ["count(${r}) >= 2", [{ item: "r", operator: "countAtLeast", value: "2" }], "and"],
  ])("%s", (text, rows, join) => {
    expect(textOf({ join, rows }, typeOf)).toBe(text);
  });

  it("rows without a value are not written yet", () => {
    expect(textOf({ join: "and", rows: [{ item: "a", operator: "is", value: "" }, { item: "", operator: "is", value: "x" }] }, typeOf)).toBe("");
  });

  it("a value cannot break out of its quotes", () => {
    expect(textOf({ join: "and", rows: [{ item: "t", operator: "is", value: "it's \"so\"" }] }, () => "text")).toBe("${t} = \"it's so\"");
  });

  it("a condition that is read from its tree is written as it stood", () => {
    const plain = (text: string) => text.replaceAll('"', "'").replaceAll(" ", "");
    const readable = vectors.filter(({ text, tree }) => conditionOf(tree) !== null && !/[^d]\(|^\(/.test(text));
    expect(readable.length).toBeGreaterThan(20);
    for (const { text, tree } of readable) {
      const condition = conditionOf(tree) as Condition;
      const typed = (key: string) => condition.rows.find((row) => row.item === key)?.value ?? "";
      const isQuoted = (value: string) => plain(text).includes(`'${value}'`);
      expect(plain(textOf(condition, (key) => (isQuoted(typed(key)) ? "text" : "decimal"))), text).toBe(plain(text));
    }
  });

  it("what rows cannot say is left to the formula", () => {
    expect(conditionOf(["+", ["ref", "a"], ["lit", 1]])).toBeNull();
    expect(conditionOf(["and", ["or", ["=", ["ref", "a"], ["lit", 1]], ["=", ["ref", "b"], ["lit", 1]]], ["=", ["ref", "c"], ["lit", 1]]])).toBeNull();
  });
});

describe("the draft", () => {
  it("a new item stands behind the chosen one and has a key nothing else bears", () => {
    selected.value = { section: "s1", item: "q1" };
    addItem("single");
    expect(keys()[0]).toBe("s1 q1 q4 q2");
    expect(findItem("q4")?.item.choices).toHaveLength(2);
    expect(selected.value).toEqual({ section: "s1", item: "q4" });
  });

  it("another type keeps what both know and drops the rest", () => {
    changeType("q1", "single");
    changeType("q1", "matrix");
    expect(findItem("q1")?.item).toMatchObject({ type: "matrix", label: words("q1") });
    expect(findItem("q1")?.item.rows).toHaveLength(2);
    changeType("q1", "score");
    expect(findItem("q1")?.item.rows).toBeUndefined();
    expect(findItem("q1")?.item.max).toBe(10);
  });

  it("items move within and between sections, by arrows past the end of one", () => {
    shift("q2", 1);
    expect(keys().slice(0, 2)).toEqual(["s1 q1", "s2 q2 q3"]);
    moveItem("q3", "s1", 0);
    expect(keys().slice(0, 2)).toEqual(["s1 q3 q1", "s2 q2"]);
    shift("q3", -1);
    expect(keys()[0]).toBe("s1 q3 q1");
  });

  it("a copy's conditions speak of the copy", () => {
    Object.assign(draft.content.sections[0]!.items[0]!, { findings: [{ key: "p1", when: "${q1} = 'no'", category: "", severity: "", wording: words("") }] });
    duplicate("q1");
    expect(findItem("q4")?.item.findings?.[0]?.when).toBe("${q4} = 'no'");
    expect(findItem("q1")?.item.findings?.[0]?.when).toBe("${q1} = 'no'");
  });

  it("a section moves and goes with what belongs to it, and belongs to nothing that stands behind it", () => {
    moveSection("s2", 0);
    expect(draft.content.sections.map((one) => one.key)).toEqual(["s2", "s3", "s1"]);
    moveSection("s3", 0);
    expect(draft.content.sections[0]).toMatchObject({ key: "s3", parent: "" });
    load(definition());
    removeSection("s2");
    expect(draft.content.sections.map((one) => one.key)).toEqual(["s1"]);
  });

  it("a new section stands behind the chosen one, at its level", () => {
    selected.value = { section: "s3", item: "" };
    addSection();
    const added = draft.content.sections.at(-1)!;
    expect(added).toMatchObject({ key: "s4", parent: "s2" });
    expect(levelOf(added)).toBe(1);
  });

  it("sub-items of a repeat are items of their own", () => {
    changeType("q3", "repeat");
    addSubItem(findItem("q3")!.item);
    expect(everyItem.value.map((one) => one.key)).toEqual(["q1", "q2", "q3", "q4"]);
    expect(findItem("q4")?.repeat?.key).toBe("q3");
  });

  it("shares of the score follow marks and weights of every level", () => {
    Object.assign(draft.content.sections[0]!, { items: [item("a", "score", { max: 10 })] });
    Object.assign(draft.content.sections[1]!, { weight: 2, items: [] });
    Object.assign(draft.content.sections[2]!, { weight: 1.5, items: [item("b", "score", { max: 10 })] });
    expect(Object.fromEntries(shares.value)).toEqual({ s1: 25, s2: 75, s3: 75 });
  });

  it("every text has both languages, and nothing else is taken for a text", () => {
    load({ key: "one", title: {}, sections: [{ key: "s1", title: { zh: "甲" }, items: [{ ...item("q1"), label: { en: "One" }, photos: {} }] }] } as unknown as Definition);
    expect(draft.content).toMatchObject({ title: words(""), applies_to: [], sections: [{ title: words("甲") }] });
    expect(findItem("q1")?.item).toMatchObject({ label: { zh: "", en: "One" }, photos: {} });
    expect(Object.keys(findItem("q1")?.item.photos ?? {})).toEqual([]);
  });

  it("the preview has the tree of each condition that is compiled", () => {
    const tree: Tree = ["=", ["ref", "q1"], ["lit", "no"]];
    Object.assign(draft.content.sections[0]!.items[1]!, { relevant: "${q1} = 'no'", constraint: "new" });
    const shown = compiled(draft.content, { "${q1} = 'no'": tree }).sections[0]!.items[1]!;
    expect(shown.relevant_tree).toEqual(tree);
    expect(shown.constraint_tree).toBeUndefined();
  });
});
