/** The service worker, its new editions, and the browser's offer to install the app. */
import { ref, shallowRef } from "vue";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** A newer edition of the app waits for the person's word. */
export const newEdition = shallowRef<ServiceWorker | null>(null);
/** The app can be opened without a network from now on. */
export const worksOffline = ref(false);
export const installPrompt = shallowRef<InstallPrompt | null>(null);

export const isInstalled = (): boolean => window.matchMedia("(display-mode: standalone)").matches;

export async function registerWorker(): Promise<void> {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    installPrompt.value = event as InstallPrompt;
  });
  // Plain http has no service workers; the app then works as long as its page stays open.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers) return;
  const registration = await workers.register("/field/sw.js", { scope: "/field/" }).catch(() => null);
  // No network on the very first visit, or a browser that forbids it: `worksOffline` stays false and is shown.
  if (!registration) return;
  noteWaiting(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => noteWaiting(registration));
  });
  await workers.ready;
  worksOffline.value = true;
}

function noteWaiting(registration: ServiceWorkerRegistration): void {
  newEdition.value = navigator.serviceWorker.controller ? registration.waiting : null;
}

/** Everything typed is saved already, so reloading loses nothing. */
export function takeNewEdition(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  newEdition.value?.postMessage("take-over");
}
