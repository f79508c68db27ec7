/** Addresses of the app, after the # so that they work before the service worker does. */
import { watch } from "vue";
import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import { signedInAs } from "./device/session";
import { writeKept } from "./local/database";
import { needsPin } from "./local/pin";
import { closeTopDialog } from "./parts/dialog";
import FindingScreen from "./screens/findings/FindingScreen.vue";
import FindingsScreen from "./screens/findings/FindingsScreen.vue";
import MeScreen from "./screens/me/MeScreen.vue";
import OutboxScreen from "./screens/me/OutboxScreen.vue";
import SchoolScreen from "./screens/schools/SchoolScreen.vue";
import SchoolsScreen from "./screens/schools/SchoolsScreen.vue";
import SignInScreen from "./screens/sign-in/SignInScreen.vue";
import ChangeScreen from "./screens/pin/ChangeScreen.vue";
import PinScreen from "./screens/pin/PinScreen.vue";
import TodayScreen from "./screens/today/TodayScreen.vue";
import VisitScreen from "./screens/visit/VisitScreen.vue";

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/today" },
  { path: "/sign-in", component: SignInScreen },
  { path: "/pin", component: PinScreen },
  { path: "/pin/change", component: ChangeScreen },
  { path: "/today", component: TodayScreen, meta: { tab: "today" } },
  { path: "/schools", component: SchoolsScreen, meta: { tab: "schools" } },
  { path: "/schools/:id", component: SchoolScreen, props: true },
  { path: "/findings", component: FindingsScreen, meta: { tab: "findings" } },
  { path: "/findings/:id", component: FindingScreen, props: true },
  { path: "/me", component: MeScreen, meta: { tab: "me" } },
  { path: "/outbox", component: OutboxScreen },
  {
    // A sheet and its section, or a problem.
    path: "/visits/:id/:part?/:of?/:section?",
    component: VisitScreen,
    props: ({ params }) => ({ id: params["id"], part: params["part"] || "check", of: params["of"] || "", section: params["section"] || "" }),
  },
  { path: "/:rest(.*)*", redirect: "/today" },
];

/** True while the browser's own back button is at work. Listened for before the router does, which acts at once. */
let goingBack = false;
window.addEventListener("popstate", () => {
  goingBack = true;
  setTimeout(() => { goingBack = false; });
});

export const router = createRouter({
  history: createWebHashHistory("/field/"),
  routes,
  scrollBehavior: (to, from, saved) => {
    // The head stands over the page, and is as tall as its letters.
    // Names such as `classes[2].size` mean something else to a selector.
    if (to.hash) return { el: `#${CSS.escape(to.hash.slice(1))}`, top: (document.querySelector<HTMLElement>(".head")?.offsetHeight ?? 0) + 12 };
    return saved ?? (to.path === from.path ? {} : { top: 0 });
  },
});

// A sheet stands over its screen: going back puts the sheet away, and the person stays where she was.
router.beforeEach(() => !(goingBack && closeTopDialog()));

router.beforeEach((to) => {
  if (!signedInAs.value && to.path !== "/sign-in") return "/sign-in";
  return signedInAs.value && to.path === "/sign-in" ? "/today" : true;
});

// A PIN is chosen before anything else but a visit that is under way; without a network none can be.
router.beforeEach((to) => {
  const asks = needsPin.value && navigator.onLine && !to.path.startsWith("/visits/");
  if (asks && to.path !== "/pin" && to.path !== "/sign-in") return "/pin";
  return !needsPin.value && to.path === "/pin" ? "/today" : true;
});
watch(needsPin, (asks) => { if (asks && navigator.onLine && !router.currentRoute.value.path.startsWith("/visits/")) void router.replace("/pin"); });

// A browser that comes back without its address (closed, or reloaded by the camera) opens where the person was.
router.afterEach((to) => {
  if (to.path !== "/sign-in" && !to.path.startsWith("/pin")) void writeKept("last-route", to.fullPath);
});
