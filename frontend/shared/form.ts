/** What an instrument asks for, given the answers so far: relevance, gaps, broken constraints, findings raised. */
import { evaluate, EXACT, isDay, isEmpty, isTrue, type Entry, type Scope, type Tree, type Value } from "./expressions";
import { isEvidence, type Answers, type Definition, type FindingRule, type Item, type Section } from "./instrument";
import { lineOf, marksOf, scoreOf, type Score } from "./score";

export type Gap = "answer" | "note" | "photos" | "range" | "constraint";

export interface ItemState {
  item: Item;
  section: Section;
  relevant: boolean;
  required: boolean;
  answered: boolean;
  /** Null where it is open or not relevant. */
  answer: Value;
  photosNeeded: number;
  /** The answer that follows from the others, where the instrument says how. */
  suggested: Value;
  gaps: Gap[];
  /** The rows still to be answered of a required matrix that was begun. */
  openRows: string[];
  /** Of a repeat: what each entry asks for. */
  entries: EntryState[];
}

/** One entry of a repeat. Its items are named `classes[2].size` in notes and faults; entries count from 1. */
export type EntryState = ItemState[];

export const withinEntry = (repeat: string, index: number, key: string): string => `${repeat}[${index + 1}].${key}`;

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
  /** The sections it belongs to, the outermost first. */
  above: Section[];
  relevant: boolean;
  items: ItemState[];
  answered: number;
  asked: number;
  score: Score | null;
}

export interface Filled {
  answers: Answers;
  notes: Record<string, string>;
  /** How many photos, or videos, recordings, files where the item asks for those, stand at an item. */
  photos: Record<string, number>;
  /** The day of the visit, which `today()` means. */
  today?: string;
}

export function readForm(definition: Definition, filled: Filled): FormState {
  const reader = new Reader(definition, filled);
  const items = new Map<string, ItemState>();
  const marks = marksOf(definition, reader.relevant, reader.answer);
  const sections = definition.sections.map((section) => {
    const states = section.items.map((item) => reader.stateOf(item, section));
    for (const state of states) items.set(state.item.key, state);
    const asked = states.filter((state) => state.relevant && (state.required || state.answered));
    return {
      section,
      above: lineOf(definition, section).slice(1).reverse(),
      relevant: states.some((state) => state.relevant),
      items: states,
      answered: asked.filter((state) => state.answered && isComplete(state)).length,
      asked: asked.length,
      score: scoreOf(marks.filter((mark) => mark.sections.includes(section.key)), reader.answer),
    };
  });
  return { items, sections, raised: reader.raised(), score: scoreOf(marks, reader.answer) };
}

/** Neither the item nor, in a repeat, anything in its entries lacks anything. */
export const isComplete = (state: ItemState): boolean =>
  state.gaps.length === 0 && state.entries.every((entry) => entry.every(isComplete));

/** Each gap with the name of what has it: `size`, `classes[2].size`, `rooms[lamp]`. */
export function gapsWithin(state: ItemState, name = state.item.key): [string, Gap][] {
  const rows = state.openRows.map((row): [string, Gap] => [`${name}[${row}]`, "answer"]);
  const own = state.gaps.flatMap((gap): [string, Gap][] => (gap === "answer" && rows.length > 0 ? rows : [[name, gap]]));
  const within = state.entries.flatMap((entry, index) =>
    entry.flatMap((one) => gapsWithin(one, withinEntry(name, index, one.item.key))),
  );
  return [...own, ...within];
}

/** What counts as an answer: an empty text, list or matrix does not. */
function given(value: Value | undefined): Value {
  if (value === undefined || isEmpty(value)) return null;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0 ? null : value;
}

const isEntry = (value: Value): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
/** Of a repeat; no school has more rooms or classes. */
export const MOST_ENTRIES = 200;
export const areEntries = (value: Value): value is Entry[] =>
  Array.isArray(value) && value.length <= MOST_ENTRIES && value.every(isEntry);

interface Home {
  item: Item;
  section: Section;
  repeat: Item | null;
}

/** Reads one sheet. Relevance is asked for one item at a time, because a condition may name a conditional item. */
class Reader {
  private readonly homes = new Map<string, Home>();
  private readonly known = new Map<string, boolean>();
  private readonly scope: Scope;

  constructor(
    private readonly definition: Definition,
    private readonly filled: Filled,
  ) {
    for (const section of definition.sections) {
      for (const item of section.items) {
        this.homes.set(item.key, { item, section, repeat: null });
        for (const sub of item.items ?? []) this.homes.set(sub.key, { item: sub, section, repeat: item });
      }
    }
    this.scope = { answer: (key) => this.spoken(key), today: filled.today ?? "" };
  }

  readonly relevant = (key: string): boolean => {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const home = this.homes.get(key);
    // Unknown items have no answer; marking the item first ends a circle of conditions instead of running round it.
    this.known.set(key, false);
    if (home) this.known.set(key, this.isRelevant(home));
    return this.known.get(key) ?? false;
  };

  /** The answer of an item that stands by itself. */
  readonly answer = (key: string): Value => (this.relevant(key) ? given(this.filled.answers[key]) : null);

  stateOf(item: Item, section: Section): ItemState {
    const relevant = this.relevant(item.key);
    const state = readItem(item, section, relevant, this.answer(item.key), {
      scope: this.scope,
      own: this.spoken(item.key),
      note: this.filled.notes[item.key] ?? "",
      evidence: this.filled.photos[item.key] ?? 0,
    });
    state.entries = this.entries(item).map((_entry, index) => this.entryState(item, section, index));
    return state;
  }

  raised(): Raised[] {
    const items = this.definition.sections.flatMap((section) => section.items).filter((item) => this.relevant(item.key));
    return items.flatMap((item) =>
      (item.findings ?? [])
        .filter((rule) => rule.when_tree && isTrue(evaluate(rule.when_tree, { ...this.scope, self: this.spoken(item.key) })))
        .map((rule) => ({ item, rule, name: `${item.key}.${rule.key}` })),
    );
  }

  private isRelevant({ item, section, repeat }: Home): boolean {
    if (repeat) return this.relevant(repeat.key);
    return [item, ...lineOf(this.definition, section)].every((one) => holds(one.relevant_tree, this.scope));
  }

  /** What expressions see: of a matrix the list of its answers, of an item of a repeat those over the entries. */
  private spoken(key: string): Value {
    const home = this.homes.get(key);
    if (!home) return null;
    if (home.repeat) return this.overEntries(home.repeat, home.item);
    const answer = this.answer(key);
    if (home.item.type !== "matrix" || !isEntry(answer)) return answer;
    return (home.item.rows ?? []).filter((row) => row.key in answer).map((row) => answer[row.key] ?? null);
  }

  private overEntries(repeat: Item, item: Item): Value {
    const answers = this.entries(repeat).map((_entry, index) => this.withinEntry(repeat, index, item.key));
    const answered = answers.filter((one) => one !== null);
    return answered.length > 0 ? answered : null;
  }

  private entries(repeat: Item): Entry[] {
    const answer = this.answer(repeat.key);
    return repeat.type === "repeat" && areEntries(answer) ? answer : [];
  }

  /** The answer of an item of a repeat in one entry, where it is relevant there. */
  private withinEntry(repeat: Item, index: number, key: string): Value {
    return this.asks(repeat, index, key) ? given(this.entries(repeat)[index]?.[key]) : null;
  }

  private asks(repeat: Item, index: number, key: string): boolean {
    const name = withinEntry(repeat.key, index, key);
    const found = this.known.get(name);
    if (found !== undefined) return found;
    this.known.set(name, false);
    this.known.set(name, holds(this.homes.get(key)?.item.relevant_tree, this.entryScope(repeat, index)));
    return this.known.get(name) ?? false;
  }

  /** The sheet as one entry sees it: its own answers in place of all entries'. */
  private entryScope(repeat: Item, index: number): Scope {
    const answer = (key: string) => (this.homes.get(key)?.repeat === repeat ? this.withinEntry(repeat, index, key) : this.spoken(key));
    return { answer, today: this.scope.today ?? "" };
  }

  private entryState(repeat: Item, section: Section, index: number): EntryState {
    const scope = this.entryScope(repeat, index);
    return (repeat.items ?? []).map((item) => {
      const own = this.withinEntry(repeat, index, item.key);
      const note = this.filled.notes[withinEntry(repeat.key, index, item.key)] ?? "";
      return readItem(item, section, this.asks(repeat, index, item.key), own, { scope, own, note, evidence: 0 });
    });
  }
}

function holds(tree: Tree | undefined, scope: Scope): boolean {
  return tree === undefined || isTrue(evaluate(tree, scope));
}

/** What an item is read against: the scope it stands in, what `.` means, its note and how much evidence it has. */
interface Around {
  scope: Scope;
  own: Value;
  note: string;
  evidence: number;
}

function readItem(item: Item, section: Section, relevant: boolean, answer: Value, around: Around): ItemState {
  const { scope } = around;
  const answered = relevant && answer !== null;
  const required = relevant && isRequired(item, scope);
  const photosNeeded = relevant && (answered || required) ? photosAskedFor(item, scope) : 0;
  const suggested = relevant && item.suggested_tree ? evaluate(item.suggested_tree, scope) : null;
  const openRows = required ? rowsOpen(item, answer) : [];
  const state: ItemState = { item, section, relevant, required, answered, answer, photosNeeded, suggested, gaps: [], openRows, entries: [] };
  if (relevant) state.gaps = gapsOf(state, answer, around);
  return state;
}

function rowsOpen(item: Item, answer: Value): string[] {
  if (!isMatrix(item, answer)) return [];
  return (item.rows ?? []).filter((row) => !(row.key in answer)).map((row) => row.key);
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

function gapsOf(state: ItemState, answer: Value, { scope, own, note, evidence }: Around): Gap[] {
  const { item } = state;
  const gaps: Gap[] = [];
  // A photo item without photos lacks photos; saying that it also lacks an answer would be saying it twice.
  const lacksOnlyPhotos = isEvidence(item) && state.photosNeeded > 0;
  if (state.required && !state.answered && !lacksOnlyPhotos) gaps.push("answer");
  if (state.openRows.length > 0) gaps.push("answer");
  const fits = answer === null || isRightKind(item, answer);
  if (fits && needsReason(state) && !note.trim()) gaps.push("note");
  if (evidence < state.photosNeeded) gaps.push("photos");
  if (!state.answered) return gaps;
  if (!fits) return [...gaps, "range"];
  if (!isWithin(item, answer)) gaps.push("range");
  if (item.constraint_tree && !isTrue(evaluate(item.constraint_tree, { ...scope, self: own }))) gaps.push("constraint");
  return gaps;
}

/** Not applicable is to be explained, and so is an answer other than the one that follows from the rest. */
export function needsReason({ item, suggested, answer }: ItemState): boolean {
  if (answer === null) return false;
  return (["yes_no", "score"].includes(item.type) && answer === "na") || (suggested !== null && suggested !== answer);
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
    case "score":
      return (item.na === true && answer === "na") || isWhole(answer);
    case "integer":
    case "scale":
      return isWhole(answer);
    case "decimal":
      return isNumber(answer);
    case "date":
      return isDay(answer);
    case "photo":
    case "video":
    case "audio":
    case "file":
      return isTexts(answer);
    case "matrix":
      return isMatrix(item, answer);
    case "repeat":
      return areEntries(answer);
    case "location":
      return typeof answer === "object" && answer !== null && "lat" in answer && "lng" in answer;
    default:
      return typeof answer === "string";
  }
}

const isNumber = (answer: Value): answer is number => typeof answer === "number" && Math.abs(answer) < EXACT;
const isWhole = (answer: Value): boolean => isNumber(answer) && Number.isInteger(answer);
const isTexts = (answer: Value): answer is string[] => Array.isArray(answer) && answer.every((one) => typeof one === "string");

function isMatrix(item: Item, answer: Value): answer is Entry {
  const has = (keyed: { key: string }[] = [], key: Value) => keyed.some((one) => one.key === key);
  if (item.type !== "matrix" || !isEntry(answer)) return false;
  return Object.entries(answer).every(([row, choice]) => has(item.rows, row) && has(item.choices, choice));
}

/** Within `min` and `max`; of a repeat, with as many entries. */
function isWithin(item: Item, answer: Value): boolean {
  const size = item.type === "repeat" && Array.isArray(answer) ? answer.length : answer;
  if (typeof size !== "number") return true;
  const least = item.type === "scale" ? 1 : item.type === "score" ? 0 : (item.min ?? -Infinity);
  return size >= least && size <= (item.max ?? Infinity);
}
