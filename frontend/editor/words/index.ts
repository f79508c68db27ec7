/** The editor's words, in the language of the page. */
import type { Words } from "../../shared/instrument";
import { en } from "./en";
import { zh } from "./zh";

export type WordKey = keyof typeof zh;

let catalogue: Record<WordKey, string> = zh;
export let language: "zh" | "en" = "zh";

export function speak(chosen: "zh" | "en"): void {
  language = chosen;
  catalogue = chosen === "zh" ? zh : en;
}

export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return catalogue[key].replace(/\{(\w+)\}/g, (whole: string, name: string) => String(values[name] ?? whole));
}

export const both = (words: Words | undefined): string => (words ? words[language] || words.zh || words.en : "");
