/** What the page brought along, and the legal bases, which are fetched when first asked for. */
import { ref } from "vue";
import type { Words } from "../shared/instrument";

export interface Named { key: string; label: string }
export interface Basis { text: Words; rule?: string }
export interface Urls { save: string; publish: string; bases: string; preview: string }

export const offered = ref<{ kinds: Named[]; categories: Named[]; severities: Named[]; urls: Urls }>({
  kinds: [], categories: [], severities: [], urls: { save: "", publish: "", bases: "", preview: "" },
});
export const library = ref<Basis[]>([]);

export async function loadLibrary(): Promise<void> {
  if (library.value.length > 0) return;
  const response = await fetch(offered.value.urls.bases);
  // A library that cannot be had just now leaves the author the text field.
  if (response.ok) library.value = (await response.json()) as Basis[];
}
