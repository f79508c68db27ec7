/** When the app locks by itself: in the background for as long as the rule says, but not while the phone's camera is open. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { unsavedWrites } from "../field/local/draft";
import { isEasy, lockInBackground } from "../field/local/pin";
import { vault } from "../field/local/vault";
import { phoneAt } from "./phone";

const MINUTE = 60_000;

class FileInput {
  type = "file";
}

function phone() {
  phoneAt("http://127.0.0.1:9");
  const heard = new Map<string, ((event: object) => void)[]>();
  const reload = vi.fn();
  const page = { visibilityState: "visible", body: { hidden: false } };
  Object.assign(document, page, { addEventListener: (name: string, act: () => void) => heard.set(name, [...(heard.get(name) ?? []), act]) });
  vi.stubGlobal("HTMLInputElement", FileInput);
  vi.stubGlobal("location", { reload });
  const tell = (name: string, event: object = {}) => heard.get(name)?.forEach((act) => act(event));
  const show = (state: string) => { Object.assign(document, { visibilityState: state }); tell("visibilitychange"); };
  return { reload, tell, show };
}

describe("in the background", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vault.value = { mode: "on", lock_minutes: 5 } as never;
    unsavedWrites.value = 0;
    return () => { vi.useRealTimers(); vi.unstubAllGlobals(); };
  });

  it("it locks after its minutes, and not before", async () => {
    const { reload, show } = phone();
    lockInBackground();
    show("hidden");
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    show("visible");
    expect(reload).not.toHaveBeenCalled();
    show("hidden");
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("it locks on coming back where timers slept, and after what was typed is on the disk", async () => {
    const { reload, show } = phone();
    lockInBackground();
    show("hidden");
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    unsavedWrites.value = 1;
    show("visible");
    await vi.advanceTimersByTimeAsync(500);
    expect(reload).not.toHaveBeenCalled();
    expect(document.body.hidden, "nothing is shown while it waits").toBe(true);
    unsavedWrites.value = 0;
    await vi.advanceTimersByTimeAsync(500);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("the camera finds its way back, and after it the app locks as before", async () => {
    const { reload, tell, show } = phone();
    lockInBackground();
    tell("click", { target: new FileInput() });
    show("hidden");
    await vi.advanceTimersByTimeAsync(8 * MINUTE);
    show("visible");
    tell("change");
    expect(reload).not.toHaveBeenCalled();
    show("hidden");
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("without a PIN it never locks", async () => {
    vault.value = null;
    const { reload, show } = phone();
    lockInBackground();
    show("hidden");
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    show("visible");
    expect(reload).not.toHaveBeenCalled();
  });
});

it.each([["111111", true], ["123456", true], ["654321", true], ["246813", false], ["112233", false]])("%s is easily guessed: %s", (pin, easy) => {
  expect(isEasy(pin)).toBe(easy);
});
