import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { renewSession, signedInAs, signInNeeded } from "../field/device/session";
import { database } from "../field/local/database";
import { followMonth, month, refreshMonth, renewAfterSending, renewAgedMonth, renewMonth } from "../field/local/month";
import { startVisit } from "../field/local/visits";
import { FakeDoor } from "./door";
import { phoneAt } from "./phone";

const BUNDLE = "GET /api/field/bundle";
let door: FakeDoor;

beforeEach(async () => {
  door = new FakeDoor();
  phoneAt(await door.open());
  await Promise.all(database.tables.map((table) => table.clear()));
  signInNeeded.value = false;
  signedInAs.value = null;
  await renewSession();
  followMonth();
  await refreshMonth();
  await vi.waitUntil(() => month.value !== null);
  door.requests.length = 0;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await door.close();
});

/** The server files the visit: the month has another edition. */
function filed(): void {
  door.bundle = { edition: door.bundle.edition + 1, state: "FILED" };
}

const inMinutes = (minutes: number) => vi.spyOn(Date, "now").mockReturnValue(new Date().getTime() + minutes * 60_000);

describe("the month renews itself", () => {
  it("when the outbox has just emptied", async () => {
    const waiting = ref(1);
    renewAfterSending(waiting, ref(0));
    filed();
    waiting.value = 0;
    await vi.waitUntil(() => month.value?.visits[0]?.state === "FILED");
    expect(door.count(BUNDLE)).toBe(1);
  });

  it("when the server has made something of what it received, and not when something is put into the outbox", async () => {
    const [waiting, arrived] = [ref(0), ref(0)];
    renewAfterSending(waiting, arrived);
    waiting.value = 1;
    await new Promise((resolve) => setTimeout(resolve));
    expect(door.count(BUNDLE)).toBe(0);
    filed();
    arrived.value = 1;
    await vi.waitUntil(() => month.value?.visits[0]?.state === "FILED");
  });

  it("once more when news comes while an answer is on its way", async () => {
    await Promise.all([renewMonth(), renewMonth(), renewMonth()]);
    expect(door.count(BUNDLE)).toBe(2);
  });

  it("on coming to the front, but not again within a few minutes", async () => {
    await renewAgedMonth();
    expect(door.count(BUNDLE)).toBe(0);
    inMinutes(4);
    await renewAgedMonth();
    await renewAgedMonth();
    expect(door.count(BUNDLE)).toBe(1);
    inMinutes(8);
    await renewAgedMonth();
    expect(door.count(BUNDLE)).toBe(2);
  });

  it("not without a network, and not in the background", async () => {
    inMinutes(10);
    vi.stubGlobal("navigator", { userAgent: "", onLine: false });
    await renewAgedMonth();
    vi.stubGlobal("navigator", { userAgent: "", onLine: true });
    vi.stubGlobal("document", { ...document, visibilityState: "hidden" });
    await renewAgedMonth();
    expect(door.count(BUNDLE)).toBe(0);
  });

  it("without a word when it fails, and what is kept stays", async () => {
    door.fault = (_, response) => {
      response.destroy();
      return true;
    };
    await renewMonth();
    expect(month.value?.visits[0]?.state).toBe("RECEIVING");
  });

  it("without touching an open draft", async () => {
    const visit = await startVisit({
      owner: 7, unit: { id: "unit", name: "泰山学校" }, instrument: { version: "v", name: { zh: "表", en: "sheet" } },
      unplanned: false, methods: [], companion: "", startedAt: new Date(), located: null,
    });
    await database.kept.put({ key: "instrument:v", value: { version: "v" } });
    filed();
    await renewMonth();
    await vi.waitUntil(() => month.value?.visits[0]?.state === "FILED");
    expect(await database.visits.get(visit.id)).toEqual(visit);
    expect(await database.kept.get("instrument:v")).toBeDefined();
  });
});
