/** The red button: ahead of everything else, off line too, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf } from "../field/device/hash";
import { renewSession } from "../field/device/session";
import { alarmDraft, alarmDraftKey, forgetAlarmDraft, keepAlarmDraft, stageOf, type AlarmAnswer } from "../field/local/alarms";
import { database, readKept } from "../field/local/database";
import { keepEvidence } from "../field/local/evidence";
import { newEntry } from "../field/outbox/entry";
import { handOverAlarm } from "../field/outbox/handover";
import { sendSoon } from "../field/outbox/sender";
import { sinceWords } from "../office/alarms";
import { uuid7 } from "../shared/ids";
import { FakeDoor } from "./door";
import { phoneAt } from "./phone";

const SCHOOL = { unit: "unit", unit_name: "泰山学校", visit: "" };
let door: FakeDoor;
let origin = "";

beforeEach(async () => {
  door = new FakeDoor();
  origin = await door.open();
  phoneAt(origin);
  await Promise.all(database.tables.map((table) => table.clear()));
  await renewSession();
});

afterEach(() => door.close());

async function pressed() {
  const draft = await alarmDraft(7, SCHOOL);
  Object.assign(draft, { what: "燃气泄漏 ", where: "后厨" });
  await keepEvidence(new Blob(["p"], { type: "image/jpeg" }), { draft: draft.id, role: "photo", item: "", finding: "", name: "a.jpg" });
  await handOverAlarm(draft);
  return draft;
}

const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200 && !(await holds()); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await holds()).toBe(true);
};

describe("the red button", () => {
  it("does not wait for a visit whose files take for ever", async () => {
    const blob = new Blob([new Uint8Array(10)], { type: "image/jpeg" });
    const sha256 = await hashOf(blob);
    await database.bytes.put({ sha256, blob });
    const id = uuid7();
    const body = JSON.stringify({ id, kind: "visit", schema: 2, made_at: "", payload: { manifest: [{ sha256, size: 10 }] } });
    await database.outbox.add(newEntry({ id, owner: 7, kind: "visit", title: "x", body, made_at: "2026-01-01", files: [{ sha256, size: 10, type: "image/jpeg", name: "x" }] }));
    let held: (() => void) | undefined;
    door.fault = (request, response) => {
      if (held || request.url !== "/door/files") return false;
      held = () => response.destroy();
      return true;
    };
    void sendSoon({ hurry: true });
    await until(() => Promise.resolve(held !== undefined));
    const draft = await pressed();
    await until(async () => (await database.outbox.get(draft.id))?.stage === "done");
    expect((await database.outbox.get(id))?.stage).toBe("files");
    const sent = JSON.parse(door.entries.get(draft.id)?.body ?? "") as { kind: string; payload: { what: string; visit: null; manifest: unknown[] } };
    expect(sent).toMatchObject({ kind: "alarm", payload: { what: "燃气泄漏", where: "后厨", visit: null, unit: "unit" } });
    expect(sent.payload.manifest).toHaveLength(1);
    held?.();
    await until(async () => (await database.outbox.get(id))?.last_error !== "");
    await sendSoon({ hurry: true });
    await until(async () => (await database.outbox.get(id))?.stage === "done");
  });

  it("pressed without a network stays on the phone and goes with the first signal", async () => {
    phoneAt("http://127.0.0.1:9");
    const draft = await pressed();
    await until(async () => (await database.outbox.get(draft.id))?.last_error === "unreachable");
    phoneAt(origin);
    await sendSoon({ hurry: true });
    await until(async () => (await database.outbox.get(draft.id))?.stage === "done");
    expect(door.entries.get(draft.id)?.copies).toBe(1);
  });

  it("what was begun is gone on with after the app was closed, and is gone once it was sent or dropped", async () => {
    const draft = await alarmDraft(7, SCHOOL);
    await keepAlarmDraft({ ...draft, what: "围墙" });
    const again = await alarmDraft(7, { unit: "", unit_name: "", visit: "" });
    expect(again).toMatchObject({ id: draft.id, unit: "unit", what: "围墙" });
    await forgetAlarmDraft(again);
    expect(await readKept(alarmDraftKey(7))).toBeUndefined();
    await pressed();
    expect(await readKept(alarmDraftKey(7))).toBeUndefined();
  });

  it("says how far it has come", () => {
    const answer: AlarmAnswer = { id: "a", received_at: "x", state: "RAISED", handler: "", acknowledged_at: null, climbed_at: null, closed_at: null, outcome: "" };
    expect([stageOf(false, undefined), stageOf(true, undefined), stageOf(true, answer)]).toEqual(["waiting", "sent", "received"]);
    expect(stageOf(true, { ...answer, climbed_at: "x" })).toBe("climbed");
    expect(stageOf(true, { ...answer, climbed_at: "x", state: "ACKNOWLEDGED" })).toBe("answered");
    expect(stageOf(true, { ...answer, state: "CLOSED" })).toBe("closed");
  });

  it("the office's clock counts on past the hour", () => {
    expect([sinceWords(-5), sinceWords(65_000), sinceWords(3_785_000)]).toEqual(["0:00", "1:05", "1:03:05"]);
  });
});
