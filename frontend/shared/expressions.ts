/**
 * Evaluates the expression trees of instruments (docs/field-api.md §5). The Python side does the same; both run
 * tests/vectors/expressions.json, so a change here needs a vector there.
 */
export type Value = string | number | boolean | null | Value[] | Place | Entry;

/** One entry of a repeat, or the answer of a matrix. */
export interface Entry {
  [key: string]: Value;
}

/** The answer of a location item. To expressions it is only "something". */
export interface Place {
  lat: number;
  lng: number;
  accuracy_m: number;
  taken_at: string;
}

export type Tree = [string, ...unknown[]];

export interface Scope {
  /** The answer of an item, or null where it is unanswered or not relevant. */
  answer(key: string): Value;
  /** What `.` stands for. */
  self?: Value;
  /** What `today()` gives: the day of the visit, `2026-09-01`. */
  today?: string;
}

type Operation = (args: Tree[], scope: Scope) => Value;

const NUMERIC = /^-?[0-9]+(\.[0-9]+)?$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
/** From here on numbers are not exact; nobody rounds them, and no answer is as large. */
export const EXACT = 2 ** 53;

export function evaluate(tree: Tree, scope: Scope): Value {
  const [name, ...rest] = tree;
  if (name === "lit") return emptied(rest[0] as Value);
  if (name === "ref") return emptied(scope.answer(rest[0] as string));
  if (name === "self") return emptied(scope.self ?? null);
  const [operation, args] = name === "call" ? [FUNCTIONS[rest[0] as string], rest.slice(1)] : [OPERATORS[name], rest];
  if (!operation) throw new Error(`unknown expression ${JSON.stringify(tree)}`);
  return operation(args as Tree[], scope);
}

export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return !(value === null || value === false || value === 0 || value === "");
}

export function isEmpty(value: Value): boolean {
  return value === null || value === "";
}

/** A day of the calendar as `2026-09-01`. */
export function isDay(value: Value): value is string {
  if (typeof value !== "string" || !DAY.test(value)) return false;
  const moment = new Date(`${value}T00:00:00Z`);
  return moment.getUTCFullYear() > 0 && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(value);
}

/** Half away from zero, with the very steps the server takes. */
export function rounded(value: number, places = 0): number {
  const factor = 10 ** places;
  const size = Math.floor(Math.abs(value) * factor + 0.5) / factor;
  return value < 0 ? -size : size;
}

const emptied = (value: Value): Value => (value === "" ? null : value);

function toNumber(value: Value): number | null {
  if (typeof value === "number") return finite(value);
  return typeof value === "string" && NUMERIC.test(value) ? finite(Number(value)) : null;
}

/** Infinity is no number; adding zero turns -0 into 0, which Python does not tell apart. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value + 0 : null);

const toText = (value: string | number | boolean): string => (typeof value === "number" ? String(finite(value) ?? "") : String(value));

function equals(left: Value, right: Value): boolean {
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  if (left === null || right === null || typeof left === "object" || typeof right === "object") return false;
  if (typeof left === "number" || typeof right === "number") {
    const [a, b] = [toNumber(left), toNumber(right)];
    if (a !== null && b !== null) return a === b;
  }
  return toText(left) === toText(right);
}

/** Numbers by size, calendar days by time; anything else has no order. */
function comparison(holds: <T extends number | string>(left: T, right: T) => boolean): Operation {
  return binary((left, right) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    if (a !== null && b !== null) return holds(a, b);
    return isDay(left) && isDay(right) && holds(left, right);
  });
}

function arithmetic(compute: (left: number, right: number) => number | null): Operation {
  return binary((left, right) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    const result = a === null || b === null ? null : compute(a, b);
    return result === null ? null : finite(result);
  });
}

function binary(compute: (left: Value, right: Value) => Value): Operation {
  return (args, scope) => compute(argument(args, 0, scope), argument(args, 1, scope));
}

function argument(args: Tree[], index: number, scope: Scope): Value {
  const tree = args[index];
  return tree ? evaluate(tree, scope) : null;
}

const truth = (args: Tree[], index: number, scope: Scope) => isTrue(argument(args, index, scope));

const OPERATORS: Record<string, Operation | undefined> = {
  and: (args, scope) => truth(args, 0, scope) && truth(args, 1, scope),
  or: (args, scope) => truth(args, 0, scope) || truth(args, 1, scope),
  not: (args, scope) => !truth(args, 0, scope),
  "=": binary(equals),
  "!=": binary((left, right) => !equals(left, right)),
  "<": comparison((left, right) => left < right),
  "<=": comparison((left, right) => left <= right),
  ">": comparison((left, right) => left > right),
  ">=": comparison((left, right) => left >= right),
  "+": arithmetic((left, right) => left + right),
  "-": arithmetic((left, right) => left - right),
  "*": arithmetic((left, right) => left * right),
  div: arithmetic((left, right) => (right === 0 ? null : left / right)),
  mod: arithmetic((left, right) => (right === 0 ? null : left % right)),
  neg: (args, scope) => {
    const number = toNumber(argument(args, 0, scope));
    return number === null ? null : finite(-number);
  },
};

/** What lists hold, however deep: the answers of a repeat's items are lists, of several choices lists of lists. */
const flat = (value: Value): Value[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);

const count: Operation = (args, scope) => {
  const value = argument(args, 0, scope);
  return isEmpty(value) ? 0 : flat(value).length;
};

/** Those of the arguments that are numbers, lists flattened. */
const numbers = (args: Tree[], scope: Scope): number[] =>
  args.flatMap((tree) => flat(evaluate(tree, scope))).map(toNumber).filter((one) => one !== null);

/** The sum of those that are numbers; empty where none is. */
const sum: Operation = (args, scope) => {
  let total: number | null = null;
  for (const value of numbers(args, scope)) {
    total = total === null ? value : finite(total + value);
    if (total === null) return null;
  }
  return total;
};

const outermost =
  (pick: (...values: number[]) => number): Operation =>
  (args, scope) => {
    const held = numbers(args, scope);
    return held.length > 0 ? pick(...held) : null;
  };

const round: Operation = (args, scope) => {
  const value = toNumber(argument(args, 0, scope));
  const places = args.length > 1 ? toNumber(argument(args, 1, scope)) : 0;
  if (value === null || places === null || !Number.isInteger(places) || places < 0 || places > 6) return null;
  return Math.abs(value) < EXACT ? finite(rounded(value, places)) : null;
};

const FUNCTIONS: Record<string, Operation | undefined> = {
  selected: binary((chosen, key) => {
    if (isEmpty(chosen) || isEmpty(key)) return false;
    return flat(chosen).some((one) => equals(one, key));
  }),
  count,
  "count-selected": count,
  sum,
  min: outermost(Math.min),
  max: outermost(Math.max),
  round,
  today: (_args, scope) => scope.today || null,
  if: (args, scope) => (truth(args, 0, scope) ? argument(args, 1, scope) : argument(args, 2, scope)),
  coalesce: (args, scope) => {
    const first = argument(args, 0, scope);
    return isEmpty(first) ? argument(args, 1, scope) : first;
  },
  "string-length": (args, scope) => {
    const value = argument(args, 0, scope);
    return value === null || typeof value === "object" ? 0 : [...toText(value)].length;
  },
};
