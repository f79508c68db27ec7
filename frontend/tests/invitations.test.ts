/** Asked along: answered off line, once for each invitation, and what the card says until the server tells otherwise. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { renewSession, signedInAs, signInNeeded } from "../field/device/session";
import type { Invitation } from "../field/local/bundle";
import { database } from "../field/local/database";
import { answerIn, invitations } from "../field/local/invitations";
import { followMonth } from "../field/local/month";
import { handOverAnswer, handOverCheckIn, takeBack } from "../field/outbox/handover";
import { sendSoon } from "../field/outbox/sender";
import { followOutbox } from "../field/outbox/state";
import { language, t, type WordKey } from "../field/words";
import { FakeDoor } from "./door";
import { phoneAt } from "./phone";
import { start } from "./visits";

let door: FakeDoor;

beforeEach(async () => {
  door = new FakeDoor();
  const origin = await door.open();
  vi.stubGlobal("window", new EventTarget());
  phoneAt(origin);
  await Promise.all(database.tables.map((table) => table.clear()));
  signInNeeded.value = false;
  signedInAs.value = null;
  await renewSession();
  followMonth();
  followOutbox();
});

afterEach(() => door.close());

const asked = (plan: string): Invitation => ({
  plan, unit_name: "泰山学校", month: "2026-11", planned_on: null, lead: { id: 8, name: "王芳" }, note: "", unannounced: false,
  about: { subject: "", themes: [], instruments: [] },
});

/** The server is not to be reached; what was handed over stays where it is. */
function offLine(): void {
  door.fault = (_request, response) => { response.destroy(); return true; };
}

async function invitedTo(...plans: string[]): Promise<void> {
  const body = { user: { id: 7 }, units: [], visits: [], findings: [], invitations: plans.map(asked) };
  await database.bundles.put({ owner: 7, etag: "", body: body as never, loadedAt: new Date().toISOString() });
  await vi.waitUntil(() => invitations.value.length === plans.length);
}

it("puts the answer into the outbox under an id of its own", async () => {
  offLine();
  await handOverAnswer(7, asked("p"), true);
  const [entry] = await database.outbox.toArray();
  const body = JSON.parse(entry!.body) as { id: string; kind: string; schema: number; payload: object };
  expect(entry).toMatchObject({ kind: "invitation-answer", owner: 7, title: "泰山学校", stage: "entry", files: [] });
  expect(body).toMatchObject({ kind: "invitation-answer", schema: 1, id: entry!.id });
  expect(body.payload).toMatchObject({ plan: "p", comes: true, manifest: [] });
});

it("answers each invitation once, however often and whatever is tapped, and for each person by herself", async () => {
  offLine();
  await Promise.all([handOverAnswer(7, asked("p"), true), handOverAnswer(7, asked("p"), false), handOverAnswer(7, asked("p"), true)]);
  await handOverAnswer(7, asked("other"), false);
  await handOverAnswer(9, asked("p"), false);
  const told = (await database.outbox.toArray()).map((entry) => ({ owner: entry.owner, ...answerIn(entry) }));
  expect(told).toHaveLength(3);
  expect(told).toEqual(expect.arrayContaining([
    expect.objectContaining({ owner: 7, plan: "p", comes: true }),
    expect.objectContaining({ owner: 7, plan: "other", comes: false }),
    expect.objectContaining({ owner: 9, plan: "p", comes: false }),
  ]));
});

it("shows on the card what was answered, and whether it has arrived", async () => {
  offLine();
  await invitedTo("p", "q");
  expect(invitations.value.map((one) => one.answer)).toEqual([undefined, undefined]);
  await handOverAnswer(7, asked("q"), false);
  await vi.waitUntil(() => invitations.value[1]?.answer);
  expect(invitations.value.map((one) => one.answer)).toEqual([undefined, { comes: false, sent: false }]);
  door.fault = () => false;
  await sendSoon({ hurry: true });
  await vi.waitUntil(() => invitations.value[1]?.answer?.sent);
  expect(door.entries.size).toBe(1);
});

it("is sent once more with the same bytes where the answer of the server was lost", async () => {
  door.cutAfterStoring = 1;
  await handOverAnswer(7, asked("p"), true);
  await vi.waitUntil(() => door.entries.size === 1);
  await vi.waitUntil(async () => {
    await sendSoon({ hurry: true });
    return (await database.outbox.toArray())[0]?.stage === "done";
  });
  expect([...door.entries.values()].map((one) => one.copies)).toEqual([2]);
});

it("is nothing to be taken back and written anew", async () => {
  offLine();
  await handOverAnswer(7, asked("p"), true);
  const [entry] = await database.outbox.toArray();
  expect(await takeBack(entry!)).toBeNull();
  expect(await database.outbox.count()).toBe(1);
});

it("reads no answer in what is none", async () => {
  offLine();
  await handOverCheckIn(await start());
  const [entry] = await database.outbox.toArray();
  expect(answerIn(entry!)).toBeNull();
});

it.each(["invitation-gone", "invitation-over", "invitation-answered"])("has words for %s in both languages", (reason) => {
  const texts = (["zh", "en"] as const).map((one) => {
    language.value = one;
    return t(`outbox.quarantine.${reason}` as WordKey);
  });
  language.value = "zh";
  expect(new Set(texts).size).toBe(2);
  expect(texts.every(Boolean)).toBe(true);
});
