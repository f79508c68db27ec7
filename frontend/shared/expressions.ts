/**
 * Evaluates the expression trees of instruments (docs/field-api.md §5). The Python side does the same; both run
 * tests/vectors/expressions.json, so a change here needs a vector there.
 */
export type Value = string | number | boolean | null | Value[] | Place;

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
}

type Operation = (args: Tree[], scope: Scope) => Value;

const NUMERIC = /^-?[0-9]+(\.[0-9]+)?$/;

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

const emptied = (value: Value): Value => (value === "" ? null : value);

function toNumber(value: Value): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMERIC.test(value) ? Number(value) : null;
}

function toText(value: Value): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function equals(left: Value, right: Value): boolean {
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  if (typeof left === "object" || typeof right === "object") return false;
  if (typeof left === "number" || typeof right === "number") {
    const [a, b] = [toNumber(left), toNumber(right)];
    if (a !== null && b !== null) return a === b;
  }
  return toText(left) === toText(right);
}

function comparison(holds: (left: number, right: number) => boolean): Operation {
  return binary((left, right) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    return a !== null && b !== null && holds(a, b);
  });
}

function arithmetic(compute: (left: number, right: number) => number | null): Operation {
  return binary((left, right) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    const result = a === null || b === null ? null : compute(a, b);
    // Adding zero turns -0 into 0, which Python does not tell apart.
    return result === null ? null : result + 0;
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
    return number === null ? null : -number + 0;
  },
};

const FUNCTIONS: Record<string, Operation | undefined> = {
  selected: binary((chosen, key) => {
    if (isEmpty(chosen)) return false;
    return Array.isArray(chosen) ? chosen.some((one) => equals(one, key)) : equals(chosen, key);
  }),
  count: (args, scope) => {
    const value = argument(args, 0, scope);
    if (isEmpty(value)) return 0;
    return Array.isArray(value) ? value.length : 1;
  },
  if: (args, scope) => (truth(args, 0, scope) ? argument(args, 1, scope) : argument(args, 2, scope)),
  coalesce: (args, scope) => {
    const first = argument(args, 0, scope);
    return isEmpty(first) ? argument(args, 1, scope) : first;
  },
  "string-length": (args, scope) => {
    const value = argument(args, 0, scope);
    return isEmpty(value) ? 0 : [...toText(value)].length;
  },
};
