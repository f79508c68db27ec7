/** The editor of instruments, on its page (instruments/templates/instruments/draft.html). */
import { createApp, watch } from "vue";
import type { Definition } from "../shared/instrument";
import Editor from "./Editor.vue";
import { changes, followDraft } from "./draft";
import { offered, type Named, type Urls } from "./library";
import { begin, changed, type SavedState } from "./saving";
import "./style.css";
import { speak } from "./words";

interface Brought {
  language: "zh" | "en";
  content: Definition;
  state: SavedState;
  urls: Urls;
  kinds: Named[];
  categories: Named[];
  severities: Named[];
}

const brought = JSON.parse(document.getElementById("editor-data")?.textContent ?? "{}") as Brought;
speak(brought.language);
offered.value = brought;
const restored = begin(brought.urls.save, brought.content, brought.state);
followDraft();
watch(changes, changed);
createApp(Editor, { restored }).mount("#editor");
