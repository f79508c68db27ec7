/** A phone nearly full is said in time; a browser that cleared everything is said honestly. */
import { beforeEach, expect, it, vi } from "vitest";
import { tightness } from "../field/device/storage";
import { database, writeKept } from "../field/local/database";
import { forgetEviction, noticeEviction, wasEvicted } from "../field/local/eviction";

const MEGA = 1024 * 1024;
const marks = new Map<string, string>();

beforeEach(async () => {
  marks.clear();
  wasEvicted.value = false;
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => marks.get(key) ?? null,
    setItem: (key: string, value: string) => void marks.set(key, value),
    removeItem: (key: string) => void marks.delete(key),
  });
  await database.kept.clear();
});

it.each([
  [{ used: 0, quota: 0 }, ""],
  [{ used: 100 * MEGA, quota: 2000 * MEGA }, ""],
  [{ used: 1800 * MEGA, quota: 2000 * MEGA }, "tight"],
  [{ used: 1980 * MEGA, quota: 2000 * MEGA }, "full"],
  [{ used: 2100 * MEGA, quota: 2000 * MEGA }, "full"],
])("%o is %s", (room, said) => expect(tightness(room)).toBe(said));

it("a new phone has lost nothing", async () => {
  await noticeEviction();
  expect(wasEvicted.value).toBe(false);
});

it("what was there and is gone is said once, until the person has read it", async () => {
  await writeKept("device-id", "phone");
  await noticeEviction();
  expect(wasEvicted.value).toBe(false);
  await database.kept.clear();
  await noticeEviction();
  expect(wasEvicted.value).toBe(true);
  forgetEviction();
  await noticeEviction();
  expect(wasEvicted.value).toBe(false);
});

it("a browser without a place for the mark still opens the app", async () => {
  vi.stubGlobal("localStorage", undefined);
  await noticeEviction();
  expect(wasEvicted.value).toBe(false);
});
