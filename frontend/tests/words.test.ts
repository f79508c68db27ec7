import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { en } from "../field/words/en";
import { zh } from "../field/words/zh";

const field = fileURLToPath(new URL("../field/", import.meta.url));
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

it("both languages have the same words", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
});

it.each(Object.keys(zh) as (keyof typeof zh)[])("%s says as much in both languages", (key) => {
  expect(en[key].trim()).not.toBe("");
  expect(placeholders(en[key])).toEqual(placeholders(zh[key]));
});

it("English has no Chinese left in it", () => {
  expect(Object.entries(en).filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([]);
});

it("every word is used somewhere, and screens have no words of their own", () => {
  const files = (readdirSync(field, { recursive: true }) as string[]).filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith("words"));
  const sources = files.map((name) => ({ name, text: readFileSync(field + name, "utf8") }));
  const all = sources.map(({ text }) => text).join("\n");
  // Words put together from parts (`gap.${gap}`) are found by what stands before the last dot.
  const isUsed = (key: string) => all.includes(`"${key}"`) || all.includes(`'${key}'`) || all.includes("`" + key.replace(/\.[^.]+$/, ".$"));
  expect(Object.keys(zh).filter((key) => !isUsed(key))).toEqual([]);
  const chinese = sources.filter(({ text }) => /[\u4e00-\u9fff]/.test(text.replaceAll("中文", "").replace(/\/\*[\s\S]*?\*\//g, "")));
  expect(chinese.map(({ name }) => name)).toEqual([]);
});
