/** What an instrument asks for, given the answers so far: relevance, gaps, broken constraints, findings raised. */
import { evaluate, isEmpty, isTrue, type Scope, type Tree, type Value } from "./expressions";
import type { Answers, Definition, FindingRule, Item, Section } from "./instrument";

export type Gap = "answer" | "note" | "photos" | "range" | "constraint";

export interface ItemState {
  item: Item;
  section: Section;
  relevant: boolean;
  required: boolean;
  answered: boolean;
  photosNeeded: number;
  gaps: Gap[];
}

export interface Raised {
  item: Item;
  rule: FindingRule;
  /** `item.rule`: the name by which a finding remembers what raised it. */
  name: string;
}

export interface FormState {
  items: Map<string, ItemState>;
  sections: { section: Section; relevant: boolean; items: ItemState[]; answered: number; asked: number }[];
  raised: Raised[];
}

export interface Filled {
  answers: Answers;
  notes: Record<string, string>;
  /** How many photos stand at an item. */
  photos: Record<string, number>;
}

export function readForm(definition: Definition, filled: Filled): FormState {
  const relevance = relevanceOf(definition, filled.answers);
  const scope: Scope = { answer: (key) => (relevance(key) ? (filled.answers[key] ?? null) : null) };
  const items = new Map<string, ItemState>();
  const sections = definition.sections.map((section) => {
    const states = section.items.map((item) => stateOf(item, section, relevance(item.key), filled, scope));
    for (const state of states) items.set(state.item.key, state);
    const asked = states.filter((state) => state.relevant && (state.required || state.answered));
    return {
      section,
      relevant: states.some((state) => state.relevant),
      items: states,
      answered: asked.filter((state) => state.answered && state.gaps.length === 0).length,
      asked: asked.length,
    };
  });
  return { items, sections, raised: raisedBy(definition, relevance, scope) };
}

/** Relevance asked for one item at a time, because a condition may name an item that is itself conditional. */
function relevanceOf(definition: Definition, answers: Answers): (key: string) => boolean {
  const homes = new Map<string, { item: Item; section: Section }>();
  for (const section of definition.sections) {
    for (const item of section.items) homes.set(item.key, { item, section });
  }
  const known = new Map<string, boolean>();
  const relevant = (key: string): boolean => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const home = homes.get(key);
    // Unknown items have no answer; marking the item first ends a circle of conditions instead of running round it.
    known.set(key, false);
    if (home) known.set(key, holds(home.section.relevant_tree, scope) && holds(home.item.relevant_tree, scope));
    return known.get(key) ?? false;
  };
  const scope: Scope = { answer: (key) => (relevant(key) ? (answers[key] ?? null) : null) };
  return relevant;
}

function holds(tree: Tree | undefined, scope: Scope): boolean {
  return tree === undefined || isTrue(evaluate(tree, scope));
}

function stateOf(item: Item, section: Section, relevant: boolean, filled: Filled, scope: Scope): ItemState {
  const answer = filled.answers[item.key] ?? null;
  const answered = relevant && !isEmpty(answer) && !(Array.isArray(answer) && answer.length === 0);
  const required = relevant && isRequired(item, scope);
  const photosNeeded = relevant && (answered || required) ? photosAskedFor(item, scope) : 0;
  const state: ItemState = { item, section, relevant, required, answered, photosNeeded, gaps: [] };
  if (relevant) state.gaps = gapsOf(state, answer, filled, scope);
  return state;
}

function isRequired(item: Item, scope: Scope): boolean {
  if (item.required_tree) return isTrue(evaluate(item.required_tree, scope));
  return item.required === true;
}

function photosAskedFor(item: Item, scope: Scope): number {
  const photos = item.photos;
  if (!photos) return 0;
  const least = photos.min ?? 0;
  if (!photos.required_when_tree) return least;
  return isTrue(evaluate(photos.required_when_tree, scope)) ? Math.max(least, 1) : 0;
}

function gapsOf(state: ItemState, answer: Value, filled: Filled, scope: Scope): Gap[] {
  const { item } = state;
  const gaps: Gap[] = [];
  // A photo item without photos lacks photos; saying that it also lacks an answer would be saying it twice.
  const lacksOnlyPhotos = item.type === "photo" && state.photosNeeded > 0;
  if (state.required && !state.answered && !lacksOnlyPhotos) gaps.push("answer");
  if (answer === "na" && item.type === "yes_no" && !filled.notes[item.key]?.trim()) gaps.push("note");
  if ((filled.photos[item.key] ?? 0) < state.photosNeeded) gaps.push("photos");
  if (!state.answered) return gaps;
  if (item.type === "integer" && !isWithin(item, answer)) gaps.push("range");
  if (item.constraint_tree && !isTrue(evaluate(item.constraint_tree, { ...scope, self: answer }))) gaps.push("constraint");
  return gaps;
}

function isWithin(item: Item, answer: Value): boolean {
  if (typeof answer !== "number" || !Number.isInteger(answer)) return false;
  return answer >= (item.min ?? -Infinity) && answer <= (item.max ?? Infinity);
}

function raisedBy(definition: Definition, relevance: (key: string) => boolean, scope: Scope): Raised[] {
  const items = definition.sections.flatMap((section) => section.items).filter((item) => relevance(item.key));
  return items.flatMap((item) =>
    (item.findings ?? [])
      .filter((rule) => rule.when_tree && isTrue(evaluate(rule.when_tree, { ...scope, self: scope.answer(item.key) })))
      .map((rule) => ({ item, rule, name: `${item.key}.${rule.key}` })),
  );
}
