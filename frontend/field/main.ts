import { createApp, watch } from "vue";
import App from "./App.vue";
import { recallClock } from "./device/clock";
import { registerWorker } from "./device/install";
import { confirmSession, recallSession, signedInAs } from "./device/session";
import { readKept } from "./local/database";
import { followMonth, renewAfterSending, renewAgedMonth, renewOnReturn } from "./local/month";
import { tidy } from "./local/tidy";
import { followAlarms } from "./local/alarms";
import { noticeEviction } from "./local/eviction";
import { followWork } from "./local/work";
import { watchForChances } from "./outbox/sender";
import { arrived, followOutbox, waiting } from "./outbox/state";
import { router } from "./router";
import "./style/index.css";
import { speak, type Language } from "./words";

async function start(): Promise<void> {
  speak((await readKept<Language>("language")) ?? (document.documentElement.lang.startsWith("en") ? "en" : "zh"));
  await recallSession();
  await recallClock();
  await noticeEviction();
  followMonth();
  followOutbox();
  followWork();
  await followAlarms();
  if (!location.hash || location.hash === "#/") {
    const last = await readKept<string>("last-route");
    if (last) await router.replace(last);
  }
  createApp(App).use(router).mount("#app");
  // The person may have changed since; screens of the first one close.
  watch(() => signedInAs.value?.id, () => { void noticeEviction(); void router.replace("/today"); });
  if (signedInAs.value) void confirmSession();
  watchForChances();
  renewAfterSending(waiting, arrived);
  renewOnReturn();
  void registerWorker();
  await tidy();
  await renewAgedMonth();
}

void start();
