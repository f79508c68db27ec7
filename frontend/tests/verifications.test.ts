/** Judging a report and the steps of a plan on the phone: one open judgement of each, and what is sent. */
import { beforeEach, describe, expect, it } from "vitest";
import type { OpenFinding, PlanStep } from "../field/local/bundle";
import { database } from "../field/local/database";
import { keepEvidence, keepMasked } from "../field/local/evidence";
import { openVerification } from "../field/local/verifications";
import { handOverVerification, takeBack } from "../field/outbox/handover";
import { phoneAt } from "./phone";

const OWNER = 7;
const step = (id: number, reported_at = "2026-11-20T08:00:00.123456Z"): PlanStep => ({
  id, title: `step ${id}`, due_on: "2026-12-01", standing: "waiting", waits: true, text: "done", reported_at, verdict: "", photos: [],
});
const finding = (steps: PlanStep[] = []): OpenFinding => ({
  id: "problem", number: "1", unit: "unit", unit_name: "泰山学校", category: "HOMEWORK", severity: "MINOR", wording: "w",
  state: steps.length ? "RECTIFYING" : "REPORTED", state_label: { zh: "", en: "" }, due_on: null, round: 1, report: null, steps,
});

async function judged(id: string, changes: object): Promise<Record<string, unknown> & { manifest: { sha256: string; masks?: string }[] }> {
  await database.verifications.update(id, { decision: "part", facts: "half of it", ...changes });
  await handOverVerification(id);
  const { body } = (await database.outbox.get(id))!;
  return (JSON.parse(body) as { payload: never }).payload;
}

describe("a judgement on the phone", () => {
  beforeEach(async () => {
    phoneAt("http://127.0.0.1:9");
    await Promise.all(database.tables.map((table) => table.clear()));
  });

  it("in part is sent as such, and says nothing of steps", async () => {
    const { id } = await openVerification(OWNER, finding());
    const payload = await judged(id, {});
    expect(payload).toMatchObject({ finding: "problem", seen_state: "REPORTED", seen_round: 1, decision: "part", facts: "half of it" });
    expect(payload).not.toHaveProperty("step");
  });

  it("of a step names the step and the report of it that was seen", async () => {
    const one = step(4);
    const { id } = await openVerification(OWNER, finding([one]), one);
    expect(await judged(id, {})).toMatchObject({ step: { id: 4, reported_at: one.reported_at }, decision: "part" });
  });

  it("is begun once for each report and each step, and anew when a step is reported anew", async () => {
    const steps = [step(4), step(5)];
    const [first, second] = await Promise.all(steps.map((one) => openVerification(OWNER, finding(steps), one)));
    expect(first!.id).not.toBe(second!.id);
    expect((await openVerification(OWNER, finding(steps), steps[0])).id).toBe(first!.id);
    expect((await openVerification(OWNER, finding(steps), step(4, "2026-11-21T08:00:00Z"))).id).not.toBe(first!.id);
    expect((await openVerification(OWNER, finding())).step).toBeNull();
  });

  it("goes on with a draft of an older edition, which knows no steps", async () => {
    const { id } = await openVerification(OWNER, finding());
    await database.verifications.where("id").equals(id).modify((draft) => { delete draft.step; });
    expect((await openVerification(OWNER, finding())).id).toBe(id);
    expect(await judged(id, {})).not.toHaveProperty("step");
  });

  it("that was refused comes back with its step", async () => {
    const one = step(4);
    const { id } = await openVerification(OWNER, finding([one]), one);
    await judged(id, {});
    const fresh = await takeBack((await database.outbox.get(id))!);
    expect(await openVerification(OWNER, finding([one]), one)).toMatchObject({ id: fresh, step: { id: 4 } });
  });

  it("sends the copy of a photo with faces covered beside its original", async () => {
    const { id } = await openVerification(OWNER, finding());
    const photo = await keepEvidence(new Blob(["face"], { type: "image/jpeg" }), { draft: id, role: "photo", item: "", finding: "", name: "a.jpg" });
    const copy = await keepMasked(photo, { blob: new Blob(["covered"], { type: "image/jpeg" }), boxes: [] });
    const { manifest } = await judged(id, {});
    expect(manifest.map((one) => [one.sha256, one.masks])).toEqual([[photo.sha256, undefined], [copy!.sha256, photo.sha256]]);
  });
});
