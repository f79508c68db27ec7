/** The instrument being written: what can be done to it, what is selected, and the way back (undo). */
import { computed, reactive, ref, watch } from "vue";
import type { Definition, FindingRule, Item, ItemType, Section, Words } from "../shared/instrument";

export interface Selection {
  /** Keys; an empty item means the section, both empty the instrument. */
  section: string;
  item: string;
}

const UNDO_STEPS = 60;
const TYPING_PAUSE_MS = 500;

export const EVIDENCE_TYPES: readonly ItemType[] = ["photo", "video", "audio", "file"];
export const WITHIN_REPEAT: readonly ItemType[] = ["yes_no", "single", "multiple", "integer", "decimal", "scale", "date", "text"];

export const draft = reactive<{ content: Definition }>({ content: { key: "", title: { zh: "", en: "" }, applies_to: [], sections: [] } });
export const selected = ref<Selection>({ section: "", item: "" });

const past: string[] = [];
const future: string[] = [];
const depth = ref({ past: 0, future: 0 });
let now = "";
let timer: ReturnType<typeof setTimeout> | undefined;

export const canUndo = computed(() => depth.value.past > 0);
export const canRedo = computed(() => depth.value.future > 0);

export function load(content: Definition): void {
  draft.content = { ...(wholeWords(content) as Definition), applies_to: content.applies_to ?? [] };
  now = JSON.stringify(draft.content);
  past.length = future.length = 0;
  count();
}

/** The server leaves out what says nothing; here every text has both languages, so that each can be written into. */
function wholeWords(node: unknown, name = ""): unknown {
  if (Array.isArray(node)) return node.map((part) => wholeWords(part));
  if (typeof node !== "object" || node === null) return node;
  const isWords = name !== "photos" && Object.keys(node).every((key) => key === "zh" || key === "en");
  const parts = Object.entries(node).map(([key, value]) => [key, wholeWords(value, key)] as const);
  return { ...(isWords ? noWords() : {}), ...Object.fromEntries(parts) };
}

/** Rises with every change. */
export const changes = ref(0);

function touched(): void {
  changes.value++;
  clearTimeout(timer);
  timer = setTimeout(remember, TYPING_PAUSE_MS);
}

/** Notice changes of everything but the insides of items. Reading 500 items at every key would be felt. */
export function followDraft(): void {
  const outside = () => {
    const { sections: all, ...rest } = draft.content;
    return [rest, all.map(({ items, ...about }) => [about, items.map((item) => item.key)])];
  };
  watch(outside, touched, { deep: true });
}

/** Notice changes inside one item; whoever shows it in the outline asks. */
export function followItem(item: () => Item): void {
  watch(item, touched, { deep: true });
}

/** One step of the way back: everything since the last pause in typing. */
function remember(): void {
  const text = JSON.stringify(draft.content);
  if (text === now) return;
  past.push(now);
  if (past.length > UNDO_STEPS) past.shift();
  future.length = 0;
  now = text;
  count();
}

const count = (): void => { depth.value = { past: past.length, future: future.length }; };

export function undo(): void {
  remember();
  step(past, future);
}

export function redo(): void {
  step(future, past);
}

function step(from: string[], to: string[]): void {
  const text = from.pop();
  if (text === undefined) return;
  to.push(now);
  now = text;
  draft.content = JSON.parse(text) as Definition;
  if (selected.value.item && !findItem(selected.value.item)) selected.value = { section: "", item: "" };
  if (selected.value.section && !findSection(selected.value.section)) selected.value = { section: "", item: "" };
  count();
}

export interface Found {
  section: Section;
  item: Item;
  /** The repeat around it, where it is a sub-item. */
  repeat: Item | null;
  list: Item[];
  index: number;
}

export const sections = computed(() => draft.content.sections);

export const findSection = (key: string): Section | undefined => draft.content.sections.find((one) => one.key === key);

export function findItem(key: string): Found | undefined {
  for (const section of draft.content.sections) {
    for (const [index, item] of section.items.entries()) {
      if (item.key === key) return { section, item, repeat: null, list: section.items, index };
      const inner = (item.items ?? []).findIndex((sub) => sub.key === key);
      const sub = item.items?.[inner];
      if (sub && item.items) return { section, item: sub, repeat: item, list: item.items, index: inner };
    }
  }
  return undefined;
}

/** All items in reading order, those of repeats behind their repeat. */
export const everyItem = computed(() =>
  draft.content.sections.flatMap((section) => section.items.flatMap((item) => [item, ...(item.items ?? [])])),
);

export const numbers = computed(() => {
  const found = new Map<string, string>();
  let n = 0;
  for (const section of draft.content.sections) {
    for (const item of section.items) {
      found.set(item.key, String(++n));
      (item.items ?? []).forEach((sub, index) => found.set(sub.key, `${n}.${index + 1}`));
    }
  }
  return found;
});

export const noWords = (): Words => ({ zh: "", en: "" });

/** A name nothing else bears: q1, q2 … */
function freeKey(prefix: string, taken: Iterable<string>): string {
  const held = new Set(taken);
  for (let n = held.size + 1; ; n++) if (!held.has(`${prefix}${n}`)) return `${prefix}${n}`;
}

export const newItemKey = (): string => freeKey("q", everyItem.value.map((item) => item.key));
export const newChoiceKey = (choices: { key: string }[]): string => freeKey("a", choices.map((one) => one.key));
export const newRuleKey = (rules: FindingRule[]): string => freeKey("p", rules.map((one) => one.key));

/** An item of a type with what that type cannot do without. */
export function newItem(type: ItemType): Item {
  return shaped({ key: newItemKey(), type, label: noWords(), required: type !== "photo" });
}

/** The same item as another type: what the new type does not know is dropped, what it needs is there. */
export function shaped(item: Item): Item {
  const { type } = item;
  const isChosen = type === "single" || type === "multiple" || type === "matrix";
  const choices = isChosen ? (item.choices?.length ? item.choices : blankChoices()) : undefined;
  const rows = type === "matrix" ? (item.rows?.length ? item.rows : blankChoices()) : undefined;
  const isMeasured = type === "integer" || type === "decimal";
  const max = type === "scale" ? 5 : type === "score" ? 10 : isMeasured || type === "repeat" ? (item.max ?? null) : null;
  const ends = type === "scale" ? (item.ends ?? { low: noWords(), high: noWords() }) : null;
  const { weight, na } = type === "score" ? item : {};
  const items = type === "repeat" ? (item.items ?? []) : undefined;
  const entry = type === "repeat" ? (item.entry ?? noWords()) : undefined;
  return defined({
    ...item, choices, rows, max, ends, weight, na, items, entry,
    min: isMeasured || type === "repeat" ? (item.min ?? null) : null,
    unit: isMeasured ? (item.unit ?? noWords()) : undefined,
  });
}

const blankChoices = () => [{ key: "a1", label: noWords() }, { key: "a2", label: noWords() }];

const defined = (item: Record<string, unknown>): Item =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as unknown as Item;

export function changeType(key: string, type: ItemType): void {
  const found = findItem(key);
  if (found) found.list[found.index] = shaped({ ...found.item, type });
}

export function addItem(type: ItemType): void {
  const item = newItem(type);
  const found = selected.value.item ? findItem(selected.value.item) : undefined;
  const section = found?.section ?? findSection(selected.value.section) ?? draft.content.sections.at(-1);
  if (!section) return;
  const beside = found?.repeat ?? found?.item;
  const at = beside ? section.items.indexOf(beside) + 1 : section.items.length;
  section.items.splice(at, 0, item);
  selected.value = { section: section.key, item: item.key };
}

export function addSubItem(repeat: Item): void {
  const item = newItem("text");
  (repeat.items ??= []).push(item);
  selected.value = { ...selected.value, item: item.key };
}

export function duplicate(key: string): void {
  const found = findItem(key);
  if (!found) return;
  const copy = JSON.parse(JSON.stringify(found.item)) as Item;
  const taken = new Set(everyItem.value.map((item) => item.key));
  for (const one of [copy, ...(copy.items ?? [])]) {
    const fresh = freeKey("q", taken);
    taken.add(fresh);
    rename(copy, one.key, fresh);
    one.key = fresh;
  }
  found.list.splice(found.index + 1, 0, copy);
  selected.value = { section: found.section.key, item: copy.key };
}

/** Conditions of a copy speak of the copy where the original's spoke of the original. */
function rename(item: Item, from: string, to: string): void {
  const plain = JSON.stringify(item).replaceAll(`\${${from}}`, `\${${to}}`);
  Object.assign(item, JSON.parse(plain) as Item);
}

export function remove(key: string): void {
  const found = findItem(key);
  if (!found) return;
  found.list.splice(found.index, 1);
  const next = found.list[found.index] ?? found.list[found.index - 1] ?? found.repeat;
  selected.value = { section: found.section.key, item: next?.key ?? "" };
}

/** Move an item to a place within a section (counted without the item itself). */
export function moveItem(key: string, toSection: string, index: number): void {
  const found = findItem(key);
  const target = findSection(toSection);
  if (!found || !target || found.repeat) return;
  found.list.splice(found.index, 1);
  target.items.splice(Math.max(0, index), 0, found.item);
  selected.value = { section: toSection, item: key };
}

/** One place up or down; from the end of a section into the next one. */
export function shift(key: string, by: -1 | 1): void {
  const found = findItem(key);
  if (!found) return;
  const to = found.index + by;
  if (to >= 0 && to < found.list.length) {
    found.list.splice(found.index, 1);
    found.list.splice(to, 0, found.item);
  } else if (!found.repeat) {
    const all = draft.content.sections;
    const neighbour = all[all.indexOf(found.section) + by];
    if (neighbour) moveItem(key, neighbour.key, by < 0 ? neighbour.items.length : 0);
  }
}

export function addSection(): void {
  const all = draft.content.sections;
  const key = freeKey("s", all.map((one) => one.key));
  const after = all.findIndex((one) => one.key === selected.value.section);
  const parent = all[after]?.parent ?? "";
  all.splice(after < 0 ? all.length : after + 1, 0, { key, title: noWords(), items: [], parent });
  selected.value = { section: key, item: "" };
}

/** A section and those that belong to it, which stand behind it. */
function family(key: string): Section[] {
  const held = new Set([key]);
  return draft.content.sections.filter((one) => {
    if (one.key !== key && !held.has(one.parent ?? "")) return false;
    held.add(one.key);
    return true;
  });
}

/** Sections move with all that belongs to them. */
export function moveSection(key: string, index: number): void {
  const moving = family(key);
  const rest = draft.content.sections.filter((one) => !moving.includes(one));
  const at = Math.min(Math.max(0, index), rest.length);
  draft.content.sections = [...rest.slice(0, at), ...moving, ...rest.slice(at)];
  const head = moving[0];
  if (head?.parent && !possibleParents(key).some((one) => one.key === head.parent)) head.parent = "";
}

export function shiftSection(key: string, by: -1 | 1): void {
  const all = draft.content.sections;
  const moving = family(key);
  const at = all.indexOf(moving[0] as Section);
  moveSection(key, by < 0 ? at - 1 : at + 1);
}

export function removeSection(key: string): void {
  const gone = family(key);
  draft.content.sections = draft.content.sections.filter((one) => !gone.includes(one));
  selected.value = { section: draft.content.sections[0]?.key ?? "", item: "" };
}

/** What a section may belong to: what stands before it. */
export function possibleParents(key: string): Section[] {
  const all = draft.content.sections;
  return all.slice(0, all.findIndex((one) => one.key === key));
}

export function levelOf(section: Section): number {
  let level = 0;
  for (let parent = section.parent; parent && level < 9; level++) parent = findSection(parent)?.parent;
  return level;
}

/** The share of the whole score that may be had in a section, by its key; empty without scored items. */
export const shares = computed(() => {
  const weights = new Map<string, number>();
  const points = new Map<string, number>();
  let whole = 0;
  for (const section of draft.content.sections) {
    weights.set(section.key, (weights.get(section.parent ?? "") ?? 1) * (section.weight ?? 1));
    const own = section.items.filter((item) => item.type === "score")
      .reduce((sum, item) => sum + (item.max ?? 0) * (item.weight ?? 1), 0) * (weights.get(section.key) ?? 1);
    whole += own;
    for (let at: Section | undefined = section, n = 0; at && n < 9; at = findSection(at.parent ?? ""), n++) {
      points.set(at.key, (points.get(at.key) ?? 0) + own);
    }
  }
  return new Map(whole > 0 ? [...points].filter(([, had]) => had > 0).map(([key, had]) => [key, (100 * had) / whole]) : []);
});
