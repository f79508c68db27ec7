/** Several checklists in one visit: each its own answers, photos and problems. */
import Dexie from "dexie";
import { beforeEach, describe, expect, it } from "vitest";
import { database, FieldDatabase } from "../field/local/database";
import { evidenceOf, keepEvidence } from "../field/local/evidence";
import { visitPayload } from "../field/local/payload";
import { reconcileProblems } from "../field/local/problems";
import { formOf, formsOf, isBlankSheet } from "../field/local/sheets";
import { newSheet, removeSheet } from "../field/local/visits";
import { missingBeforeSigning } from "../field/screens/visit/missing";
import { sheetTitles } from "../field/screens/visit/reading";
import { DEFINITION, SEVERITIES } from "./instrument";
import { phoneAt } from "./phone";
import { DEFINITIONS, finished, first, NOBODY_HAS_PHOTOS, shown, start } from "./visits";

beforeEach(async () => {
  phoneAt("http://127.0.0.1:9");
  await Promise.all(database.tables.map((table) => table.clear()));
});

describe("several sheets in one visit", () => {
  const SAME = { version: "v", name: { zh: "测试表", en: "test" } };

  it("each keeps its own answers, photos and problems, though their items have the same names", async () => {
    const { visit } = await finished();
    const second = newSheet(SAME);
    visit.sheets.push(second);
    second.answers = { written: "no", minutes: 75 };
    const own = await keepEvidence(new Blob(["b"], { type: "image/jpeg" }), { draft: visit.id, role: "photo", sheet: second.id, item: "written", finding: "", name: "b.jpg" });
    const evidence = await evidenceOf(visit.id);
    const forms = formsOf(visit, DEFINITIONS, evidence);
    for (const sheet of visit.sheets) reconcileProblems(visit, sheet.id, forms.get(sheet.id)!.raised, SEVERITIES, NOBODY_HAS_PHOTOS);
    expect(visit.findings.map((problem) => [problem.sheet, problem.rule])).toEqual([
      [first(visit).id, "written.no"], [second.id, "written.no"], [second.id, "minutes.over"],
    ]);
    const payload = visitPayload(visit, forms, evidence);
    expect(payload.sheets.map((sheet) => sheet.answers["minutes"])).toEqual([45, 75]);
    expect(payload.findings.map((problem) => problem.evidence.includes(own.sha256))).toEqual([false, true, false]);
    expect(payload.manifest.find((file) => file.sha256 === own.sha256)).toMatchObject({ sheet: second.id, item: "written" });
    expect(sheetTitles(visit.sheets)).toEqual(["测试表 1", "测试表 2"]);
  });

  it("one that is taken out takes its photos and problems along, and nothing else; the last one stays", async () => {
    const { visit } = await finished();
    const second = newSheet(SAME);
    visit.sheets.push(second);
    expect(isBlankSheet(second, await evidenceOf(visit.id))).toBe(true);
    second.answers = { written: "no" };
    reconcileProblems(visit, second.id, formOf(visit, second, DEFINITION, []).raised, SEVERITIES, NOBODY_HAS_PHOTOS);
    const raised = visit.findings.find((problem) => problem.sheet === second.id)!;
    for (const where of [{ sheet: second.id, item: "written", finding: "" }, { sheet: second.id, item: "written", finding: raised.id }]) {
      await keepEvidence(new Blob([where.finding || "x"]), { draft: visit.id, role: "photo", name: "b.jpg", ...where });
    }
    expect(await evidenceOf(visit.id)).toHaveLength(5);
    await removeSheet(visit, second.id);
    expect(visit.sheets).toHaveLength(1);
    expect(visit.findings.map((problem) => problem.sheet)).toEqual([first(visit).id]);
    expect(await evidenceOf(visit.id)).toHaveLength(3);
    await removeSheet(visit, first(visit).id);
    expect(visit.sheets).toHaveLength(1);
  });

  it("what is missing names the sheet it is missing on", async () => {
    const visit = await start();
    visit.sheets.push(newSheet(SAME));
    const [, , third] = missingBeforeSigning(visit, shown(visit));
    expect(third).toEqual({ words: "测试表 2 · written：请回答", to: `check/${visit.sheets[1]!.id}/homework#item-written` });
  });

  it("a draft of an older edition of the app opens as one sheet, with its photos and problems", async () => {
    const name = "field-of-before";
    const before = new Dexie(name);
    before.version(1).stores({ visits: "id, owner, unit, stage", evidence: "id, draft, sha256", kept: "key", bundles: "owner", verifications: "id, owner, finding, stage", bytes: "sha256", outbox: "id, owner, stage, made_at", leases: "name" });
    await before.table("visits").add({
      id: "old", stage: "open", instrument: "v", instrument_name: SAME.name, answers: { written: "no" }, notes: { written: "旧" },
      findings: [{ id: "p", item: "written", rule: "written.no", settled_on_spot: true }, { id: "q", item: "", rule: "", settled_on_spot: false }],
    });
    await before.table("evidence").bulkAdd([{ id: "a", draft: "old", item: "written" }, { id: "b", draft: "old", item: "" }]);
    before.close();
    const now = new FieldDatabase(name);
    expect(await now.visits.get("old")).toEqual({
      id: "old", stage: "open",
      sheets: [{ id: "old", instrument: "v", instrument_name: SAME.name, answers: { written: "no" }, notes: { written: "旧" } }],
      findings: [
        { id: "p", item: "written", rule: "written.no", sheet: "old", disposition: "SMALL", department: "" },
        { id: "q", item: "", rule: "", sheet: "", disposition: "", department: "" },
      ],
    });
    expect((await now.evidence.toArray()).map((one) => one.sheet)).toEqual(["old", ""]);
    await now.delete();
  });
});
