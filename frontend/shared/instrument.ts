/** The shape of an instrument's definition as the server compiles it (docs/field-api.md §5). */
import type { Tree, Value } from "./expressions";

export interface Words {
  zh: string;
  en: string;
}

export type ItemType =
  | "yes_no"
  | "single"
  | "multiple"
  | "integer"
  | "decimal"
  | "scale"
  | "score"
  | "date"
  | "text"
  | "photo"
  | "signature"
  | "location"
  | "matrix"
  | "video"
  | "audio"
  | "file"
  | "repeat";

/** Answered by what was taken: the list of the hashes. */
export const EVIDENCE = ["photo", "video", "audio", "file"] as const;
export type EvidenceType = (typeof EVIDENCE)[number];
export const isEvidence = (item: Item): item is Item & { type: EvidenceType } => (EVIDENCE as readonly ItemType[]).includes(item.type);

export interface FindingRule {
  key: string;
  when: string;
  when_tree?: Tree;
  category: string;
  severity: string;
  wording: Words;
  requirement?: Words;
  basis?: Words;
}

export interface Item {
  key: string;
  type: ItemType;
  label: Words;
  hint?: Words;
  basis?: { text: Words; rule?: string };
  required?: boolean | string;
  required_tree?: Tree;
  relevant?: string;
  relevant_tree?: Tree;
  constraint?: string;
  constraint_tree?: Tree;
  constraint_message?: Words;
  /** The answer that follows from the others; whoever answers otherwise gives a reason. */
  suggested?: string;
  suggested_tree?: Tree;
  choices?: { key: string; label: Words }[];
  /** What the lowest and the highest step of a scale mean; it runs from 1 to `max`. */
  ends?: { low: Words; high: Words } | null;
  unit?: Words;
  min?: number | null;
  /** Of a score, the full marks. */
  max?: number | null;
  /** How many times a score counts. */
  weight?: number;
  /** A score that may be answered "na", with a reason; it then counts in nothing. */
  na?: boolean;
  /** What a matrix asks, each with the same `choices`; its answer is {row: choice}. */
  rows?: { key: string; label: Words }[];
  /** What a repeat asks in each entry, from `min` to `max` times; its answer is [{sub-item: value}]. */
  items?: Item[];
  /** What one entry of a repeat is called. */
  entry?: Words;
  /** Of a video, audio or file item, the demand is for those. */
  photos?: { min?: number; max?: number; required_when?: string; required_when_tree?: Tree };
  findings?: FindingRule[];
}

export interface Section {
  key: string;
  title: Words;
  hint?: Words;
  relevant?: string;
  relevant_tree?: Tree;
  /** The key of the earlier section this belongs to; sections stand flat, in reading order. */
  parent?: string;
  /** How many times what is scored in it and below counts. */
  weight?: number;
  items: Item[];
}

export interface Definition {
  key: string;
  title: Words;
  /** Kinds of unit; none means all. */
  applies_to: string[];
  /** The heading under which lists offer it. */
  group?: Words;
  order?: number;
  /** As what paper a filled sheet can be drafted by itself. */
  paper?: "" | "observation" | "interview";
  sections: Section[];
}

export type Answers = Record<string, Value>;
