/** What a browser would give the app, for tests that run in Node. */
import { vi } from "vitest";

export function phoneAt(origin: string): void {
  vi.stubGlobal("location", new URL("/field/", origin));
  vi.stubGlobal("document", { cookie: "csrftoken=token-of-the-form", documentElement: { dataset: {} }, visibilityState: "visible" });
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (Linux; Android 10) Chrome/100", onLine: true });
}
