import { beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "../field/local/database";
import { DraftWriter, saveFailed, unsavedWrites } from "../field/local/draft";
import { evidenceOf, keepEvidence } from "../field/local/evidence";
import { exportUnsent } from "../field/local/export";
import { visitPayload } from "../field/local/payload";
import { freeProblem, handlingOf, hasLimit, isBlank, limitAfter, limitOf, problemGaps } from "../field/local/problems";
import { formsOf } from "../field/local/sheets";
import { tidy } from "../field/local/tidy";
import { discardVisit, type VisitDraft } from "../field/local/visits";
import { handOverVisit, takeBack } from "../field/outbox/handover";
import { missingBeforeSigning, missingSignatures } from "../field/screens/visit/missing";
import vectors from "../../tests/vectors/limits.json";
import { severitiesOf, type Bundle, type Limit, type Severity } from "../field/local/bundle";
import { SEVERITIES } from "./instrument";
import { phoneAt } from "./phone";
import { DEFINITIONS, finished, first, reconcile, shown, start } from "./visits";

const LIMITS = vectors as unknown as { severities: Severity[]; cases: { severity: string; category: string; limit: Limit }[] };

beforeEach(async () => {
  // Nothing listens there: what is handed over stays in the outbox.
  phoneAt("http://127.0.0.1:9");
  await Promise.all(database.tables.map((table) => table.clear()));
});

describe("times to rectify", () => {
  it("are those of the school's county, else those of the first school's", () => {
    const here = [{ key: "MINOR" }] as Severity[];
    const there = [{ key: "MAJOR" }] as Severity[];
    const loaded = { severities: here, units: [{ id: "a" }, { id: "b", severities: there }] } as unknown as Bundle;
    expect([severitiesOf(loaded, "a"), severitiesOf(loaded, "b"), severitiesOf(null, "a")]).toEqual([here, there, []]);
  });
});

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
    expect(handlingOf("CRITICAL", severities)).toBe("DANGER");
    expect(handlingOf("MINOR", SEVERITIES)).toBe("ORDINARY");
    const referred = { ...freeProblem(), wording: "屋顶漏雨", severity: "MAJOR", category: "OTHER", disposition: "COMPLEX" as const };
    expect(problemGaps(referred)).toEqual(["department"]);
    expect(problemGaps({ ...referred, department: "基建科" })).toEqual([]);
    expect([hasLimit(referred), hasLimit({ ...referred, disposition: "NONE" }), hasLimit({ ...referred, disposition: "SMALL" })]).toEqual([true, false, false]);
  });

  it.each([[0, false], [1, true], [400, true], [401, false], [9999, false]])("may be given %i days: %s", (days, may) => {
    const problem = { ...freeProblem(), wording: "堆放杂物", severity: "MINOR", category: "OTHER", days };
    expect(problemGaps(problem)).toEqual(may ? [] : ["days"]);
    expect(problemGaps({ ...problem, disposition: "SMALL" })).toEqual([]);
  });

  it.each(LIMITS.cases)("of $severity and category $category has the time that holds at the server", ({ severity, category, limit }) => {
    expect(limitOf(severity, category, LIMITS.severities)).toEqual(limit);
  });

  it("takes the time of another category, but not where somebody has set one", () => {
    const severities = [{ ...SEVERITIES[0]!, kinds: { CANTEEN: { days: 2, day_unit: "natural" as const } } }];
    const problem = { ...freeProblem(), severity: "MINOR", category: "OTHER", ...limitOf("MINOR", "OTHER", severities) };
    expect(limitAfter(problem, "CANTEEN", severities)).toEqual({ days: 2, day_unit: "natural" });
    expect(limitAfter({ ...problem, days: 9 }, "CANTEEN", severities)).toEqual({ days: 9, day_unit: "working" });
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
    expect(payload.findings[0]?.evidence).toEqual(evidence.filter((one) => one.role === "photo").map((one) => one.sha256));
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
