import Dexie from "dexie";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { database, FieldDatabase } from "../field/local/database";
import { DraftWriter, saveFailed, unsavedWrites } from "../field/local/draft";
import { evidenceOf, keepEvidence, type Evidence } from "../field/local/evidence";
import { exportUnsent } from "../field/local/export";
import { visitPayload } from "../field/local/payload";
import { freeProblem, hasLimit, isBlank, limitOf, problemGaps, reconcileProblems } from "../field/local/problems";
import { formOf, formsOf, isBlankSheet } from "../field/local/sheets";
import { tidy } from "../field/local/tidy";
import { discardVisit, newSheet, removeSheet, startVisit, type Problem, type VisitDraft } from "../field/local/visits";
import { handOverVisit, takeBack } from "../field/outbox/handover";
import type { SheetShown } from "../field/screens/visit/context";
import { missingBeforeSigning, missingSignatures } from "../field/screens/visit/missing";
import { sheetTitles } from "../field/screens/visit/reading";
import { DEFINITION, SEVERITIES } from "./instrument";
import { phoneAt } from "./phone";

const NOBODY_HAS_PHOTOS = () => false;

beforeEach(async () => {
  // Nothing listens there: what is handed over stays in the outbox.
  phoneAt("http://127.0.0.1:9");
  await Promise.all(database.tables.map((table) => table.clear()));
});

function start(): Promise<VisitDraft> {
  return startVisit({
    owner: 7,
    unit: { id: "unit", name: "泰山学校" },
    instrument: { version: "v", name: { zh: "测试表", en: "test" } },
    unplanned: false,
    methods: ["PATROL"],
    companion: "王主任",
    startedAt: new Date(),
    located: { place: null, refused: "denied" },
  });
}

const DEFINITIONS = new Map([["v", DEFINITION]]);
const first = (visit: VisitDraft) => visit.sheets[0]!;
const shown = (visit: VisitDraft, evidence: Evidence[] = []): SheetShown[] =>
  visit.sheets.map((sheet, index) => ({
    sheet, title: sheetTitles(visit.sheets)[index] ?? "", definition: DEFINITION, form: formOf(visit, sheet, DEFINITION, evidence),
  }));
const reconcile = (visit: VisitDraft, hasPhotos: (problem: Problem) => boolean = NOBODY_HAS_PHOTOS) =>
  reconcileProblems(visit, first(visit).id, formOf(visit, first(visit), DEFINITION, []).raised, SEVERITIES, hasPhotos);

describe("problems follow the answers", () => {
  it("a no fills in wording, category, severity, basis, requirement and limit", async () => {
    const visit = await start();
    first(visit).answers = { written: "no" };
    const { added } = reconcile(visit);
    expect(added).toHaveLength(1);
    expect(visit.findings[0]).toMatchObject({
      item: "written", rule: "written.no", category: "HOMEWORK", severity: "MAJOR", wording: "布置了书面作业",
      basis: "“双减”意见", requirement: "立即停止", days: 15, day_unit: "working",
    });
    expect(reconcile(visit).added).toEqual([]);
  });

  it("an untouched problem goes with its answer", async () => {
    const visit = await start();
    first(visit).answers = { written: "no" };
    reconcile(visit);
    first(visit).answers = { written: "yes" };
    expect(reconcile(visit)).toEqual({ added: [], doubtful: [] });
    expect(visit.findings).toEqual([]);
  });

  it("an edited problem, or one with photos, waits for a decision", async () => {
    const visit = await start();
    first(visit).answers = { written: "no", minutes: 75 };
    const [firstRaised, second] = reconcile(visit).added;
    firstRaised!.edited = true;
    first(visit).answers = { written: "yes", minutes: 45 };
    const { doubtful } = reconcile(visit, (problem) => problem.id === second!.id);
    expect(doubtful.map((problem) => problem.id)).toEqual([firstRaised!.id, second!.id]);
    firstRaised!.keptOn = true;
    expect(reconcile(visit).doubtful).toEqual([]);
    expect(visit.findings.map((problem) => problem.id)).toEqual([firstRaised!.id]);
  });

  it("a kept problem whose answer comes back is an ordinary one again", async () => {
    const visit = await start();
    first(visit).answers = { written: "no" };
    const [problem] = reconcile(visit).added;
    Object.assign(problem!, { edited: true, keptOn: true });
    expect(reconcile(visit).added).toEqual([]);
    expect(visit.findings[0]?.keptOn).toBe(false);
  });
});

describe("a problem added by hand", () => {
  it("begins with nothing chosen and lacks everything", () => {
    const problem = freeProblem();
    expect(problem).toMatchObject({ category: "", severity: "", wording: "", rule: "" });
    expect(isBlank(problem, false)).toBe(true);
    expect(problemGaps(problem)).toEqual(["wording", "severity", "category"]);
  });

  it.each([
    { wording: "消防通道堆放杂物" }, { severity: "MINOR" }, { category: "HOMEWORK" }, { basis: "第十条" }, { requirement: "清理" },
    { disposition: "SMALL" as const },
  ])("is somebody's work as soon as it says %o", (said) => {
    expect(isBlank({ ...freeProblem(), ...said }, false)).toBe(false);
  });

  it("is somebody's work when it has a photo, and still lacks its words", () => {
    expect(isBlank(freeProblem(), true)).toBe(false);
    expect(isBlank({ ...freeProblem(), wording: "  " }, false)).toBe(true);
    expect(problemGaps({ ...freeProblem(), wording: "堆放杂物", severity: "MINOR", category: "OTHER" })).toEqual([]);
  });

  it("follows its severity in how it is handled, and asks for a department when it is referred", () => {
    const severities = [{ ...SEVERITIES[0]!, key: "CRITICAL", disposition: "DANGER" as const }];
    expect(limitOf("CRITICAL", severities).disposition).toBe("DANGER");
    expect(limitOf("MINOR", SEVERITIES).disposition).toBe("ORDINARY");
    const referred = { ...freeProblem(), wording: "屋顶漏雨", severity: "MAJOR", category: "OTHER", disposition: "COMPLEX" as const };
    expect(problemGaps(referred)).toEqual(["department"]);
    expect(problemGaps({ ...referred, department: "基建科" })).toEqual([]);
    expect([hasLimit(referred), hasLimit({ ...referred, disposition: "NONE" }), hasLimit({ ...referred, disposition: "SMALL" })]).toEqual([true, false, false]);
  });

  it("raised by a rule is never blank, however much is deleted from it", async () => {
    const visit = await start();
    first(visit).answers = { written: "no" };
    const [problem] = reconcile(visit).added;
    const emptied = { ...problem!, wording: "", basis: "", requirement: "", category: "", severity: "" };
    expect(isBlank(emptied, false)).toBe(false);
  });
});

describe("saving as it is typed", () => {
  function writerOn(state: { current: VisitDraft | null }) {
    const taken: (VisitDraft | undefined)[] = [];
    const writer = new DraftWriter<VisitDraft>(database.visits, () => state.current, (theirs) => taken.push(theirs));
    writer.knows(state.current?.revision ?? 0);
    return { writer, taken };
  }

  it("ends with the newest state on the disk, however fast it changes", async () => {
    const visit = await start();
    const { writer } = writerOn({ current: visit });
    for (const letter of "上午九时到校") {
      visit.narrative += letter;
      writer.changed();
    }
    await writer.settled();
    expect((await database.visits.get(visit.id))?.narrative).toBe("上午九时到校");
    expect(unsavedWrites.value).toBe(0);
  });

  it("does not overwrite what another window wrote", async () => {
    const visit = await start();
    const { writer, taken } = writerOn({ current: visit });
    await database.visits.update(visit.id, { narrative: "另一窗口", revision: 5 });
    const overtaken = vi.fn();
    writer.onOvertaken = overtaken;
    visit.narrative = "这个窗口";
    writer.changed();
    await writer.settled();
    expect((await database.visits.get(visit.id))?.narrative).toBe("另一窗口");
    expect(taken[0]?.narrative).toBe("另一窗口");
    expect(overtaken).toHaveBeenCalledOnce();
  });

  it("says so when the disk refuses, and recovers", async () => {
    const visit = await start();
    const { writer } = writerOn({ current: visit });
    const put = vi.spyOn(database.visits, "put").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    writer.changed();
    await writer.settled();
    expect(saveFailed.value).toBe(true);
    put.mockRestore();
    writer.changed();
    await writer.settled();
    expect(saveFailed.value).toBe(false);
  });
});

async function finished() {
  const visit = await start();
  const photo = new Blob(["photo"], { type: "image/jpeg" });
  const signature = new Blob(["signature"], { type: "image/png" });
  await keepEvidence(photo, { draft: visit.id, role: "photo", sheet: first(visit).id, item: "written", finding: "", name: "a.jpg" });
  const old = await keepEvidence(new Blob(["first try"]), { draft: visit.id, role: "signature", item: "", finding: "", name: "s.png" });
  const signed = await keepEvidence(signature, { draft: visit.id, role: "signature", item: "", finding: "", name: "s.png" });
  Object.assign(first(visit), { answers: { written: "no", minutes: 45, why: "不再相关", open: "no" }, notes: { open: "不再相关", written: "抽查3个班" } });
  reconcile(visit);
  visit.opinion.agree = true;
  Object.assign(visit.signing, { inspector: signed.sha256, unit: signed.sha256 });
  await database.visits.put(visit);
  return { visit, old, signed };
}

describe("handing over", () => {
  it("sends what is relevant, and only signatures that count", async () => {
    const { visit, old, signed } = await finished();
    const evidence = await evidenceOf(visit.id);
    const payload = visitPayload(visit, formsOf(visit, DEFINITIONS, evidence), evidence);
    expect(payload.sheets).toEqual([
      { id: first(visit).id, instrument: "v", answers: { written: "no", minutes: 45 }, notes: { written: "抽查3个班" } },
    ]);
    expect(payload.place_refused).toBe("denied");
    const hashes = payload.manifest.map((one) => one.sha256);
    expect(hashes).toContain(signed.sha256);
    expect(hashes).not.toContain(old.sha256);
    expect(payload.findings[0]?.evidence).toEqual([evidence[0]?.sha256]);
  });

  it("moves the visit into the outbox once, as one text", async () => {
    const { visit } = await finished();
    await handOverVisit(visit.id, DEFINITIONS);
    await handOverVisit(visit.id, DEFINITIONS);
    const rows = await database.outbox.toArray();
    expect(rows).toHaveLength(1);
    const body = JSON.parse(rows[0]!.body) as { id: string; kind: string; payload: { finished_at: string } };
    expect(body).toMatchObject({ id: visit.id, kind: "visit", schema: 2 });
    expect(body.payload.finished_at).not.toBe("");
    expect((await database.visits.get(visit.id))?.stage).toBe("handed");
  });

  it("takes a refused visit back under new ids, to be signed again", async () => {
    const { visit } = await finished();
    await handOverVisit(visit.id, DEFINITIONS);
    const row = (await database.outbox.get(visit.id))!;
    const fresh = (await takeBack(row))!;
    const draft = (await database.visits.get(fresh))!;
    expect(fresh).not.toBe(visit.id);
    expect(draft).toMatchObject({ stage: "open", signing: { inspector: "", unit: "" } });
    expect(draft.findings[0]?.id).not.toBe(visit.findings[0]?.id);
    expect(first(draft).id).not.toBe(first(visit).id);
    expect(draft.findings[0]?.sheet).toBe(first(draft).id);
    expect((await evidenceOf(fresh)).filter((one) => one.role === "photo").map((one) => one.sheet)).toEqual([first(draft).id]);
    expect(await evidenceOf(fresh)).toHaveLength(3);
    expect((await database.outbox.get(visit.id))?.stage).toBe("replaced");
  });
});

describe("before sending", () => {
  it("everything missing is named with the way there", async () => {
    const visit = await start();
    visit.methods = [];
    const problem = freeProblem();
    visit.findings.push(problem);
    const ways = missingBeforeSigning(visit, shown(visit)).map((one) => one.to);
    const page = `check/${first(visit).id}/homework`;
    expect(ways).toEqual([`${page}#item-written`, `${page}#item-minutes`, `problems/${problem.id}`, "record#methods", "finish#opinion"]);
    expect(missingSignatures(visit)).toHaveLength(2);
  });

  it("a unit that refuses to sign, with its reason, is enough", async () => {
    const { visit } = await finished();
    Object.assign(visit.signing, { unit: "", unit_refused: "负责人不在校" });
    visit.opinion.agree = null;
    expect(missingSignatures(visit)).toEqual([]);
    expect(missingBeforeSigning(visit, shown(visit, await evidenceOf(visit.id)))).toEqual([]);
  });
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

it("a covert visit asks nothing of the unit and says that it is one", async () => {
  const { visit } = await finished();
  Object.assign(visit, { covert: true, signing: { ...visit.signing, unit: "", unit_signer: "" } });
  visit.opinion.agree = null;
  expect(missingSignatures(visit)).toEqual([]);
  const evidence = await evidenceOf(visit.id);
  expect(missingBeforeSigning(visit, shown(visit, evidence))).toEqual([]);
  expect(visitPayload(visit, formsOf(visit, DEFINITIONS, evidence), evidence)).toMatchObject({ covert: true, unit_opinion: { agree: true } });
  Object.assign(visit, { covert: undefined });
  expect(visitPayload(visit, formsOf(visit, DEFINITIONS, evidence), evidence).covert).toBe(false);
  expect(missingSignatures(visit)).toHaveLength(1);
});

describe("what stays on the phone", () => {
  it("an abandoned visit goes, and its photos with the next tidying", async () => {
    const { visit } = await finished();
    await discardVisit(visit.id);
    await tidy();
    expect(await database.evidence.count()).toBe(0);
    expect(await database.bytes.count()).toBe(0);
  });

  it("sent work stays a month, unsent work for ever", async () => {
    const { visit } = await finished();
    await handOverVisit(visit.id, DEFINITIONS);
    const inAYear = Date.now() + 365 * 86_400_000;
    await tidy(inAYear);
    expect(await database.outbox.count()).toBe(1);
    await database.outbox.update(visit.id, { stage: "done", ended_at: new Date().toISOString() });
    await tidy();
    expect(await database.bytes.count()).toBe(3);
    await tidy(inAYear);
    expect([await database.outbox.count(), await database.visits.count(), await database.bytes.count()]).toEqual([0, 0, 0]);
  });

  it("unsent work can be written to a file, photos and long videos included", async () => {
    const { visit } = await finished();
    await handOverVisit(visit.id, DEFINITIONS);
    const draft = await start();
    const long = new Blob([new Uint8Array(3 * 1024 * 1024 + 2).fill(7)]);
    const { sha256 } = await keepEvidence(long, { draft: draft.id, role: "video", item: "", finding: "", name: "long.webm" });
    vi.stubGlobal("FileReader", NodeFileReader);
    const file = JSON.parse(await (await exportUnsent()).text()) as {
      format: string;
      entries: { id: string; body: string }[];
      drafts: { visits: unknown[] };
      files: { sha256: string; base64: string; size: number }[];
    };
    expect(file.format).toBe("dudao-field-export");
    expect(file.entries[0]?.body).toBe((await database.outbox.get(visit.id))?.body);
    expect(file.drafts.visits).toHaveLength(1);
    expect(file.files.map((one) => Buffer.from(one.base64, "base64").length)).toEqual(file.files.map((one) => one.size));
    const video = file.files.find((one) => one.sha256 === sha256);
    expect(Buffer.from(video?.base64 ?? "", "base64").equals(Buffer.from(await long.arrayBuffer()))).toBe(true);
  });
});

/** Node has no FileReader; this is as much of it as the export uses. */
class NodeFileReader {
  result = "";
  onload: () => void = () => undefined;

  readAsDataURL(blob: Blob): void {
    void blob.arrayBuffer().then((buffer) => {
      this.result = `data:;base64,${Buffer.from(buffer).toString("base64")}`;
      this.onload();
    });
  }
}
