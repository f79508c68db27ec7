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

export const flawsAt = (section: string, item: string): Flaw[] =>
  saved.value.flaws.filter((flaw) => flaw.item === item && (item !== "" || flaw.section === section));

export const flawText = (section: string, item: string, field: string): string =>
  flawsAt(section, item).find((flaw) => flaw.field === field)?.text ?? "";

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
