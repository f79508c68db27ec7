import { createApp, watch } from "vue";
import App from "./App.vue";
import { recallClock } from "./device/clock";
import { registerWorker } from "./device/install";
import { confirmSession, recallSession, signedInAs } from "./device/session";
import { readKept } from "./local/database";
import { followMonth, renewAfterSending, renewAgedMonth, renewOnReturn } from "./local/month";
import { followPin, lockInBackground } from "./local/pin";
import { tidy } from "./local/tidy";
import { recallVault } from "./local/vault";
import { followAlarms } from "./local/alarms";
import { noticeEviction } from "./local/eviction";
import { followWork } from "./local/work";
import { watchForChances } from "./outbox/sender";
import { arrived, followOutbox, waiting } from "./outbox/state";
import { router } from "./router";
import LockScreen from "./screens/pin/LockScreen.vue";
import "./style/index.css";
import { speak, type Language } from "./words";

async function start(): Promise<void> {
  speak((await readKept<Language>("language")) ?? (document.documentElement.lang.startsWith("en") ? "en" : "zh"));
  if (await recallVault()) await unlocked();
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
  followPin();
  lockInBackground();
  void registerWorker();
  await tidy();
  await renewAgedMonth();
}

/** The store is sealed: nothing of the app runs before it is open. */
function unlocked(): Promise<void> {
  return new Promise((resolve) => {
    const screen = createApp(LockScreen, { onOpen: () => { screen.unmount(); resolve(); } });
    screen.mount("#app");
  });
}

void start();
