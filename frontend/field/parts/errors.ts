/** A button that finds something missing must not seem dead: what it found is brought before the eyes. */
import { nextTick } from "vue";

export async function showFirstError(): Promise<void> {
  await nextTick();
  const place = document.querySelector("dialog[open]") ?? document;
  place.querySelector(".error")?.scrollIntoView({ block: "center" });
}
