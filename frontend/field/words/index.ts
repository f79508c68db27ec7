/** The app's words. Chinese is the language of the product; English is complete, held by the type and by a test. */
import { ref } from "vue";
import { showDay, showMoment } from "../../shared/days";
import type { Words } from "../../shared/instrument";
import { en } from "./en";
import { zh } from "./zh";

export type WordKey = keyof typeof zh;
export type Language = "zh" | "en";

export const language = ref<Language>("zh");

const CATALOGUES: Record<Language, Record<WordKey, string>> = { zh, en };

export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return CATALOGUES[language.value][key].replace(/\{(\w+)\}/g, (whole: string, name: string) => String(values[name] ?? whole));
}

/** A text that came in both languages from the server. */
export function both(words: Words | undefined | null): string {
  if (!words) return "";
  return words[language.value] || words.zh || words.en;
}

/** Several things in one line, and a thing with what is said of it, in the punctuation of the language. */
export const listed = (things: string[]): string => things.filter(Boolean).join(language.value === "zh" ? "、" : ", ");
export const named = (name: string, said: string): string => [name, said].filter(Boolean).join(language.value === "zh" ? "：" : ": ");

/** A size for people, in units of 1024. */
export function sizeWords(bytes: number): string {
  const mega = bytes / 1024 / 1024;
  if (mega < 1) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  const [size, unit] = mega < 1024 ? [mega, "MB"] : [mega / 1024, "GB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** How long something plays, as `2:05`. */
export const lengthWords = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export const day = (text: string): string => showDay(text, language.value);
export const moment = (value: string | Date): string => showMoment(value, language.value);

export function speak(chosen: Language): void {
  language.value = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = t("app.name");
}
