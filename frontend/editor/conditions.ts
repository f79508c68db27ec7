/** Conditions as rows that are clicked together: from the compiled tree to rows, and from rows to the text of an expression. */
import type { Tree, Value } from "../shared/expressions";
import type { Item, ItemType } from "../shared/instrument";

export type Operator = "is" | "isNot" | "less" | "atMost" | "more" | "atLeast" | "chosen" | "notChosen" | "filled" | "empty" | "countAtLeast" | "countLess";

export interface Row {
  /** The key of an item; "." is the item at which the condition stands. */
  item: string;
  operator: Operator;
  value: string;
}

export interface Condition {
  join: "and" | "or";
  rows: Row[];
}

const COMPARED: Partial<Record<Operator, string>> = { is: "=", isNot: "!=", less: "<", atMost: "<=", more: ">", atLeast: ">=" };
const CHOSEN: Operator[] = ["is", "isNot", "filled", "empty"];
const MEASURED: Operator[] = ["is", "isNot", "less", "atMost", "more", "atLeast", "filled", "empty"];
const COUNTED: Operator[] = ["filled", "empty", "countAtLeast", "countLess"];

/** Which comparisons make sense for the answers of a type; the first is offered first. */
export const OPERATORS: Record<ItemType, Operator[]> = {
  yes_no: CHOSEN,
  single: CHOSEN,
  multiple: ["chosen", "notChosen", ...COUNTED],
  integer: MEASURED,
  decimal: MEASURED,
  scale: MEASURED,
  score: MEASURED,
  date: MEASURED,
  text: ["filled", "empty", "is", "isNot"],
  photo: COUNTED,
  video: COUNTED,
  audio: COUNTED,
  file: COUNTED,
  repeat: COUNTED,
  signature: ["filled", "empty"],
  location: ["filled", "empty"],
  matrix: ["filled", "empty"],
};

export const needsValue = (operator: Operator): boolean => operator !== "filled" && operator !== "empty";

/** Whole enough to be written down. */
export const isWhole = (row: Row): boolean => row.item !== "" && (!needsValue(row.operator) || row.value.trim() !== "");

export function textOf({ join, rows }: Condition, typeOf: (key: string) => ItemType | undefined): string {
  return rows.filter(isWhole).map((row) => rowText(row, typeOf(row.item))).join(` ${join} `);
}

function rowText({ item, operator, value }: Row, type: ItemType | undefined): string {
  const name = item === "." ? "." : `\${${item}}`;
  switch (operator) {
    case "filled":
      return `${name} != ''`;
    case "empty":
      return `${name} = ''`;
    case "chosen":
      return `selected(${name}, ${quoted(value)})`;
    case "notChosen":
      return `not(selected(${name}, ${quoted(value)}))`;
    case "countAtLeast":
      return `count(${name}) >= ${numeric(value)}`;
    case "countLess":
      return `count(${name}) < ${numeric(value)}`;
    default:
      return `${name} ${COMPARED[operator]} ${isNumeric(type) ? numeric(value) : quoted(value)}`;
  }
}

const isNumeric = (type: ItemType | undefined): boolean => type === "integer" || type === "decimal" || type === "scale" || type === "score";

/** What is no number is compared as text, which the language allows; the check tells the author. */
function numeric(value: string): string {
  const plain = value.normalize("NFKC").trim();
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : quoted(value);
}

function quoted(value: string): string {
  const mark = value.includes("'") ? '"' : "'";
  return `${mark}${value.replaceAll(mark, "")}${mark}`;
}

/** The rows a tree says, or null where it says more than rows can. */
export function conditionOf(tree: Tree | undefined): Condition | null {
  if (!tree) return null;
  const join = tree[0] === "or" ? "or" : "and";
  const rows = chain(tree, join).map(rowOf);
  return rows.every((row) => row !== null) ? { join, rows: rows as Row[] } : null;
}

function chain(tree: Tree, name: string): Tree[] {
  return tree[0] === name ? [...chain(tree[1] as Tree, name), tree[2] as Tree] : [tree];
}

function rowOf(tree: Tree): Row | null {
  if (tree[0] === "not") {
    const row = rowOf(tree[1] as Tree);
    return row?.operator === "chosen" ? { ...row, operator: "notChosen" } : null;
  }
  if (tree[0] === "call" && tree[1] === "selected") return rowFrom("chosen", tree[2] as Tree, tree[3] as Tree);
  const operator = (Object.keys(COMPARED) as Operator[]).find((key) => COMPARED[key] === tree[0]);
  if (!operator) return null;
  const [, left, right] = tree as unknown as [string, Tree, Tree];
  if (left[0] === "call" && left[1] === "count") return countRow(operator, left[2] as Tree, right);
  const row = rowFrom(operator, left, right);
  if (row?.value !== "") return row;
  return operator === "is" || operator === "isNot" ? { ...row, operator: operator === "is" ? "empty" : "filled" } : null;
}

function countRow(operator: Operator, of: Tree, right: Tree): Row | null {
  if (operator !== "atLeast" && operator !== "less") return null;
  return rowFrom(operator === "less" ? "countLess" : "countAtLeast", of, right);
}

function rowFrom(operator: Operator, left: Tree, right: Tree): Row | null {
  const item = left[0] === "ref" ? (left[1] as string) : left[0] === "self" ? "." : null;
  const value = literal(right);
  return item === null || value === null ? null : { item, operator, value };
}

function literal(tree: Tree): string | null {
  if (tree[0] === "neg") {
    const value = literal(tree[1] as Tree);
    return value === null ? null : `-${value}`;
  }
  const value = tree[1] as Value;
  return tree[0] === "lit" && (typeof value === "string" || typeof value === "number") ? String(value) : null;
}

/** What may stand on the right for answers of this item: its own choices, or nothing to choose from. */
export function answersOf(item: Item | undefined, yesNo: { key: string; label: string }[], words: (item: { zh: string; en: string }) => string) {
  if (item?.type === "yes_no") return yesNo;
  return (item?.choices ?? []).map(({ key, label }) => ({ key, label: words(label) }));
}
