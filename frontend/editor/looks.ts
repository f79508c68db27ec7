/** How the editor looks just now. */
import { computed, ref } from "vue";
import type { ItemType, Words } from "../shared/instrument";
import { draft, everyItem } from "./draft";
import { saved, type Flaw } from "./saving";

export const showsEnglish = ref(false);
/** On narrow screens one of the three stands alone. */
export const tab = ref<"outline" | "form" | "preview">("form");

export const TYPE_ICONS: Record<ItemType, string> = {
  yes_no: "circle-check", single: "circle-dot", multiple: "list-check", matrix: "table", integer: "grid-dots", decimal: "grid-dots",
  scale: "scale", score: "star", date: "calendar", text: "writing", photo: "camera", video: "player-play", audio: "broadcast",
  file: "paperclip", signature: "signature", location: "map-pin", repeat: "stack-2",
};

const NONE: Flaw[] = [];
const flaws = computed(() => {
  const [items, sections] = [new Map<string, Flaw[]>(), new Map<string, Flaw[]>()];
  for (const flaw of saved.value.flaws) {
    const [held, key] = flaw.item ? [items, flaw.item] : [sections, flaw.section];
    held.set(key, [...(held.get(key) ?? []), flaw]);
  }
  return { items, sections };
});

/** What is wrong at an item. */
export const flawsAt = (item: string): Flaw[] => flaws.value.items.get(item) ?? NONE;
/** What is wrong with a section itself, or with the instrument (""). */
export const flawsOf = (section: string): Flaw[] => flaws.value.sections.get(section) ?? NONE;

export const flawText = (section: string, item: string, field: string): string =>
  (item ? flawsAt(item) : flawsOf(section)).find((flaw) => flaw.field === field)?.text ?? "";

/** How many Chinese texts stand without their English. */
export const englishLacking = computed(() => {
  const { title, group, sections } = draft.content;
  const texts: (Words | undefined)[] = [title, group];
  for (const section of sections) texts.push(section.title, section.hint);
  for (const item of everyItem.value) {
    texts.push(item.label, item.hint, item.unit, item.entry, item.constraint_message, item.basis?.text, item.ends?.low, item.ends?.high);
    for (const one of [...(item.choices ?? []), ...(item.rows ?? [])]) texts.push(one.label);
    for (const rule of item.findings ?? []) texts.push(rule.wording, rule.requirement, rule.basis);
  }
  return texts.filter((words) => words?.zh.trim() && !words.en.trim()).length;
});
