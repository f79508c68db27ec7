/** The shape of an instrument's definition as the server compiles it (docs/field-api.md §5). */
import type { Tree, Value } from "./expressions";

export interface Words {
  zh: string;
  en: string;
}

export type ItemType = "yes_no" | "single" | "integer" | "text" | "photo" | "signature" | "location";

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
  choices?: { key: string; label: Words }[];
  unit?: Words;
  min?: number | null;
  max?: number | null;
  photos?: { min?: number; max?: number; required_when?: string; required_when_tree?: Tree };
  findings?: FindingRule[];
}

export interface Section {
  key: string;
  title: Words;
  hint?: Words;
  relevant?: string;
  relevant_tree?: Tree;
  items: Item[];
}

export interface Definition {
  key: string;
  title: Words;
  applies_to: string[];
  sections: Section[];
}

export type Answers = Record<string, Value>;
