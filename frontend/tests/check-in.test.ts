/** Checking in: told as the visit begins, once, before the visit's own record. */
import { beforeEach, expect, it } from "vitest";
import { database } from "../field/local/database";
import { handOverCheckIn, takeBack } from "../field/outbox/handover";
import { start } from "./visits";

beforeEach(async () => {
  await database.visits.clear();
  await database.outbox.clear();
});

it("puts an entry of its own into the outbox that says who has come to which school", async () => {
  const visit = await start();
  await handOverCheckIn(visit);
  const [entry] = await database.outbox.toArray();
  const body = JSON.parse(entry!.body) as { id: string; kind: string; schema: number; payload: Record<string, unknown> };
  expect(entry).toMatchObject({ kind: "check-in", owner: 7, title: "泰山学校", stage: "entry", files: [] });
  expect(body).toMatchObject({ kind: "check-in", schema: 1 });
  expect(body.id).not.toBe(visit.id);
  expect(body.payload).toMatchObject({ visit: visit.id, unit: "unit", unplanned: false, covert: false, place: null, plan: null });
});

it("is nothing to be taken back and written anew", async () => {
  const visit = await start();
  await handOverCheckIn(visit);
  const [entry] = await database.outbox.toArray();
  expect(await takeBack(entry!)).toBeNull();
  expect(await database.outbox.count()).toBe(1);
});
