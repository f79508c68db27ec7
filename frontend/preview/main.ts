/** The phone's checklist screens around whatever definition the editor sends; nothing is stored, nothing is sent. */
import { createApp } from "vue";
import "../field/style/index.css";
import Preview from "./Preview.vue";
import { router } from "./router";
import "./style.css";

void router.replace("/visits/preview/check/");
createApp(Preview).use(router).mount("#app");
parent.postMessage("ready", location.origin);
