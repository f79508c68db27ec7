/** A draft as the phone takes it: each condition with its compiled tree beside it (instruments/definitions.py, with_trees). */
import type { Tree } from "../shared/expressions";
import type { Definition } from "../shared/instrument";

const CONDITIONS = new Set(["relevant", "constraint", "suggested", "required", "required_when", "when"]);

export function compiled(content: Definition, trees: Record<string, Tree>): Definition {
  return compile(content, trees) as Definition;
}

function compile(node: unknown, trees: Record<string, Tree>): unknown {
  if (Array.isArray(node)) return node.map((part) => compile(part, trees));
  if (typeof node !== "object" || node === null) return node;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    result[key] = compile(value, trees);
    if (CONDITIONS.has(key) && typeof value === "string" && trees[value]) result[`${key}_tree`] = trees[value];
  }
  return result;
}
