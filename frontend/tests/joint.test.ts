/** Visits made together: what the phone knows of the team, asks for, and sends. */
import { beforeEach, expect, it } from "vitest";
import { database } from "../field/local/database";
import { asksUnit, isCompanion, jointAt } from "../field/local/joints";
import { visitPayload } from "../field/local/payload";
import { formsOf } from "../field/local/sheets";
import { missingBeforeSigning, missingSignatures } from "../field/screens/visit/missing";
import { DEFINITIONS, finished, shown, start } from "./visits";

beforeEach(() => database.visits.clear());

const LEAD = { id: 7, name: "周敏" };
const OTHER = { id: 8, name: "王芳" };
const joint = (plan: string, unit: string, on: string | null) => ({ plan, unit, planned_on: on, lead: LEAD, members: [OTHER] });

it("offers the team whose day is the nearest, and none at another school", () => {
  const teams = [joint("later", "unit", "2026-11-28"), joint("now", "unit", "2026-11-25"), joint("open", "unit", null)];
  expect(jointAt("unit", teams, "2026-11-26")?.plan).toBe("now");
  expect(jointAt("unit", [joint("open", "unit", null)], "2026-11-26")?.plan).toBe("open");
  expect(jointAt("other", teams, "2026-11-26")).toBeNull();
});

it("sends under which plan, by whom led, with whom, and why nobody is waited for", async () => {
  const { visit } = await finished();
  const forms = formsOf(visit, DEFINITIONS, []);
  expect(visitPayload(visit, forms, [])).not.toHaveProperty("joint");
  visit.joint = { plan: "p", lead: LEAD, members: [OTHER], without: " 临时有会 " };
  expect(visitPayload(visit, forms, [])).toMatchObject({ joint: { plan: "p", lead: 7, members: [8], without: "临时有会" } });
});

it("asks the school through the lead alone", async () => {
  const visit = await start();
  visit.joint = { plan: "p", lead: OTHER, members: [LEAD], without: "" };
  expect([isCompanion(visit), asksUnit(visit)]).toEqual([true, false]);
  expect(missingSignatures(visit)).toHaveLength(1);
  visit.joint.lead = LEAD;
  expect([isCompanion(visit), asksUnit(visit)]).toEqual([false, true]);
  expect(missingSignatures(visit)).toHaveLength(2);
});

it("wants a reason where colleagues are not waited for", async () => {
  const visit = await start();
  const wanted = () => missingBeforeSigning(visit, shown(visit)).filter((one) => one.to === "finish#without").length;
  visit.joint = { plan: "p", lead: LEAD, members: [OTHER], without: "" };
  expect(wanted()).toBe(0);
  visit.joint.without = " ";
  expect(wanted()).toBe(1);
  visit.joint.without = "临时有会";
  expect(wanted()).toBe(0);
});
