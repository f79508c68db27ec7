/** Matrices, repeats and evidence of every kind on the phone: what is sent, what is pointed at, what is refused. */
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import vectors from "../../tests/vectors/sheets.json";
import type { Entry } from "../shared/expressions";
import type { Answers, Definition } from "../shared/instrument";
import { hashOf } from "../field/device/hash";
import { refusalOf, typeOf } from "../field/device/media";
import { database } from "../field/local/database";
import { evidenceOf, keepEvidence, MOST_BYTES, photoCounts, type Evidence } from "../field/local/evidence";
import { visitPayload } from "../field/local/payload";
import { formOf, type Forms } from "../field/local/sheets";
import { startVisit, type VisitDraft } from "../field/local/visits";
import type { SheetShown } from "../field/screens/visit/context";
import { missingBeforeSigning } from "../field/screens/visit/missing";
import { linesOf } from "../field/screens/visit/reading";
import { lengthWords, sizeWords } from "../field/words";

const EVERYTHING = vectors[0]?.compiled as unknown as Definition;
const CLASSES: Entry[] = [
  { name: "一班", size: 44, why: "忽略" },
  { name: "二班", size: 48, full: "no" },
];

async function begin(answers: Answers, notes: Record<string, string> = {}): Promise<VisitDraft> {
  const visit = await startVisit({
    owner: 7,
    unit: { id: "unit", name: "泰山学校" },
    instrument: { version: "v", name: { zh: "表", en: "sheet" } },
    unplanned: false,
    methods: ["PATROL"],
    companion: "",
    startedAt: new Date(),
    located: { place: null, refused: "denied" },
  });
  Object.assign(visit.sheets[0]!, { answers, notes });
  return visit;
}

const read = (visit: VisitDraft, evidence: Evidence[] = []) =>
  formOf(visit, visit.sheets[0]!, EVERYTHING, evidence);
const forms = (visit: VisitDraft, evidence: Evidence[] = []): Forms => new Map([[visit.sheets[0]!.id, read(visit, evidence)]]);
const shown = (visit: VisitDraft): SheetShown[] => [{ sheet: visit.sheets[0]!, title: "表", definition: EVERYTHING, form: read(visit) }];

beforeEach(() => Promise.all(database.tables.map((table) => table.clear())));

describe("what is sent", () => {
  it("leaves out of each entry what is not relevant in it, and notes of entries that are gone", async () => {
    const visit = await begin({ stage: "primary", classes: CLASSES }, { "classes[2].full": "休学", "classes[3].full": "旧", "classes[1].why": "旧" });
    const payload = visitPayload(visit, forms(visit), []);
    expect(payload.sheets[0]?.answers["classes"]).toEqual([{ name: "一班", size: 44 }, { name: "二班", size: 48, full: "no" }]);
    expect(payload.sheets[0]?.notes).toEqual({ "classes[2].full": "休学" });
  });

  it("names video, sound and files by their item and kind", async () => {
    const visit = await begin({ stage: "junior" });
    const kept = await keepEvidence(new Blob(["film"], { type: "video/webm" }), { draft: visit.id, sheet: visit.sheets[0]!.id, role: "video", item: "film", finding: "", name: "a.webm", seconds: 3 });
    await keepEvidence(new Blob(["photo"], { type: "image/jpeg" }), { draft: visit.id, sheet: visit.sheets[0]!.id, role: "photo", item: "film", finding: "", name: "b.jpg" });
    const evidence = await evidenceOf(visit.id);
    expect(photoCounts(evidence, EVERYTHING)).toEqual({ film: 1 });
    const [first] = visitPayload(visit, forms(visit, evidence), evidence).manifest;
    expect(first).toEqual({ sha256: kept.sha256, size: 4, type: "video/webm", name: "a.webm", role: "video", sheet: visit.sheets[0]!.id, item: "film", captured_at: kept.captured_at, place: null });
  });
});

describe("what is missing", () => {
  it("points at the row of a matrix and at the entry of a repeat", async () => {
    const visit = await begin({ stage: "primary", room: { desk: "good" }, classes: CLASSES, mark: "na" });
    const missing = missingBeforeSigning(visit, shown(visit)).map((one) => [one.words, one.to]);
    expect(missing.slice(0, 5)).toEqual([
      ["room · lamp：请回答", `check/${visit.sheets[0]!.id}/rooms#item-room[lamp]`],
      ["room · air：请回答", `check/${visit.sheets[0]!.id}/rooms#item-room[air]`],
      ["班级 2 · why：请回答", `check/${visit.sheets[0]!.id}/within#item-classes[2].why`],
      ["班级 2 · full：请写明与建议不同的理由", `check/${visit.sheets[0]!.id}/within#item-classes[2].full`],
      ["mark：请写明不适用的理由", `check/${visit.sheets[0]!.id}/marks#item-mark`],
    ]);
  });

  it("says how many entries there should be", async () => {
    const visit = await begin({ stage: "junior", room: { desk: "good", lamp: "good", air: "good" }, classes: Array.from({ length: 4 }, () => ({ name: "x", size: 30 })), mark: 3 });
    expect(missingBeforeSigning(visit, shown(visit))[0]?.words).toBe("classes：“班级”应有 1 到 3 个");
  });
});

it("the record tells each row and each entry", async () => {
  const visit = await begin({ stage: "primary", room: { desk: "good", lamp: "bad" }, classes: CLASSES });
  const lines = (key: string) => {
    const state = read(visit).items.get(key);
    return state ? linesOf(state).map((line) => `${"-".repeat(line.within)}${line.label} ${line.words}`.trim()) : [];
  };
  expect(lines("room")).toEqual(["room 2/3", "-desk good", "-lamp bad", "-air 未答"]);
  expect(lines("classes").slice(0, 4)).toEqual(["classes 班级 × 2", "-班级 1", "--name 一班", "--size 44"]);
  expect(lines("classes")).toContain("--why 未答");
});

describe("files", () => {
  it("larger than the server takes, or empty, are refused before they are read", () => {
    expect(refusalOf({ size: MOST_BYTES })).toBeNull();
    expect(refusalOf({ size: MOST_BYTES + 1 })).toBe("tooLarge");
    expect(refusalOf({ size: 0 })).toBe("empty");
    expect(sizeWords(MOST_BYTES)).toBe("512 MB");
  });

  it("are given a type where the browser knows none", () => {
    expect(typeOf({ type: "", name: "通知.DOCX" })).toBe("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    expect(typeOf({ type: "video/quicktime", name: "a.mov" })).toBe("video/quicktime");
    expect(typeOf({ type: "", name: "read.me" })).toBe("application/octet-stream");
  });

  it("of any size are hashed to the same name, in one go or in pieces", async () => {
    const large = new Uint8Array(17 * 1024 * 1024 + 5).map((_byte, index) => index % 251);
    expect(await hashOf(new Blob([large]))).toBe(createHash("sha256").update(large).digest("hex"));
  });

  it("tell size and length in words", () => {
    expect([sizeWords(10), sizeWords(2_500_000), sizeWords(10 * 1024 ** 3), lengthWords(125)]).toEqual(["1 KB", "2.4 MB", "10 GB", "2:05"]);
  });
});
