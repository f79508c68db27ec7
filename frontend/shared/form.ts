/** What an instrument asks for, given the answers so far: relevance, gaps, broken constraints, findings raised. */
import { evaluate, EXACT, isDay, isEmpty, isTrue, type Scope, type Tree, type Value } from "./expressions";
import type { Answers, Definition, FindingRule, Item, Section } from "./instrument";
import { scoreOf, type Score } from "./score";

export type Gap = "answer" | "note" | "photos" | "range" | "constraint";

export interface ItemState {
  item: Item;
  section: Section;
  relevant: boolean;
  required: boolean;
  answered: boolean;
  photosNeeded: number;
  /** The answer that follows from the others, where the instrument says how. */
  suggested: Value;
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
  sections: SectionState[];
  raised: Raised[];
  /** Of the whole sheet; null without scored items. */
  score: Score | null;
}

export interface SectionState {
  section: Section;
  relevant: boolean;
  items: ItemState[];
  answered: number;
  asked: number;
  score: Score | null;
}

export interface Filled {
  answers: Answers;
  notes: Record<string, string>;
  /** How many photos stand at an item. */
  photos: Record<string, number>;
  /** The day of the visit, which `today()` means. */
  today?: string;
}

export function readForm(definition: Definition, filled: Filled): FormState {
  const today = filled.today ?? "";
  const relevance = relevanceOf(definition, filled.answers, today);
  const scope: Scope = { answer: (key) => (relevance(key) ? given(filled.answers, key) : null), today };
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
      score: scoreOf(relevantItems(states), scope.answer),
    };
  });
  const score = scoreOf(relevantItems([...items.values()]), scope.answer);
  return { items, sections, raised: raisedBy(definition, relevance, scope), score };
}

const relevantItems = (states: ItemState[]): Item[] => states.filter((state) => state.relevant).map((state) => state.item);

/** An empty text or list is as good as no answer. */
function given(answers: Answers, key: string): Value {
  const answer = answers[key] ?? null;
  return isEmpty(answer) || (Array.isArray(answer) && answer.length === 0) ? null : answer;
}

/** Relevance asked for one item at a time, because a condition may name an item that is itself conditional. */
function relevanceOf(definition: Definition, answers: Answers, today: string): (key: string) => boolean {
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
  const scope: Scope = { answer: (key) => (relevant(key) ? given(answers, key) : null), today };
  return relevant;
}

function holds(tree: Tree | undefined, scope: Scope): boolean {
  return tree === undefined || isTrue(evaluate(tree, scope));
}

function stateOf(item: Item, section: Section, relevant: boolean, filled: Filled, scope: Scope): ItemState {
  const answer = given(filled.answers, item.key);
  const answered = relevant && answer !== null;
  const required = relevant && isRequired(item, scope);
  const photosNeeded = relevant && (answered || required) ? photosAskedFor(item, scope) : 0;
  const suggested = relevant && item.suggested_tree ? evaluate(item.suggested_tree, scope) : null;
  const state: ItemState = { item, section, relevant, required, answered, photosNeeded, suggested, gaps: [] };
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
  const fits = answer === null || isRightKind(item, answer);
  if (fits && needsReason(state, answer) && !filled.notes[item.key]?.trim()) gaps.push("note");
  if ((filled.photos[item.key] ?? 0) < state.photosNeeded) gaps.push("photos");
  if (!state.answered) return gaps;
  if (!fits) return [...gaps, "range"];
  if (!isWithin(item, answer)) gaps.push("range");
  if (item.constraint_tree && !isTrue(evaluate(item.constraint_tree, { ...scope, self: answer }))) gaps.push("constraint");
  return gaps;
}

/** Not applicable is to be explained, and so is an answer other than the one that follows from the rest. */
export function needsReason({ item, suggested }: ItemState, answer: Value): boolean {
  if (answer === null) return false;
  return (item.type === "yes_no" && answer === "na") || (suggested !== null && suggested !== answer);
}

function isRightKind(item: Item, answer: Value): boolean {
  const keys = (item.choices ?? []).map((choice) => choice.key);
  switch (item.type) {
    case "yes_no":
      return answer === "yes" || answer === "no" || answer === "na";
    case "single":
      return typeof answer === "string" && keys.includes(answer);
    case "multiple":
      return isTexts(answer) && new Set(answer).size === answer.length && answer.every((key) => keys.includes(key));
    case "integer":
    case "scale":
    case "score":
      return isNumber(answer) && Number.isInteger(answer);
    case "decimal":
      return isNumber(answer);
    case "date":
      return isDay(answer);
    case "photo":
      return isTexts(answer);
    case "location":
      return typeof answer === "object" && answer !== null && "lat" in answer && "lng" in answer;
    default:
      return typeof answer === "string";
  }
}

const isNumber = (answer: Value): answer is number => typeof answer === "number" && Math.abs(answer) < EXACT;
const isTexts = (answer: Value): answer is string[] => Array.isArray(answer) && answer.every((one) => typeof one === "string");

function isWithin(item: Item, answer: Value): boolean {
  if (typeof answer !== "number") return true;
  const least = item.type === "scale" ? 1 : item.type === "score" ? 0 : (item.min ?? -Infinity);
  return answer >= least && answer <= (item.max ?? Infinity);
}

function raisedBy(definition: Definition, relevance: (key: string) => boolean, scope: Scope): Raised[] {
  const items = definition.sections.flatMap((section) => section.items).filter((item) => relevance(item.key));
  return items.flatMap((item) =>
    (item.findings ?? [])
      .filter((rule) => rule.when_tree && isTrue(evaluate(rule.when_tree, { ...scope, self: scope.answer(item.key) })))
      .map((rule) => ({ item, rule, name: `${item.key}.${rule.key}` })),
  );
}
