/** A visit on its way, for tests: begun, filled in with a small checklist, signed. */
import { keepEvidence, type Evidence } from "../field/local/evidence";
import { database } from "../field/local/database";
import { reconcileProblems } from "../field/local/problems";
import { formOf } from "../field/local/sheets";
import { startVisit, type Problem, type SheetDraft, type VisitDraft } from "../field/local/visits";
import type { SheetShown } from "../field/screens/visit/context";
import { sheetTitles } from "../field/screens/visit/reading";
import { DEFINITION, SEVERITIES } from "./instrument";

export const NOBODY_HAS_PHOTOS = () => false;

export function start(): Promise<VisitDraft> {
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

export const DEFINITIONS = new Map([["v", DEFINITION]]);
export const first = (visit: VisitDraft): SheetDraft => visit.sheets[0]!;
export const shown = (visit: VisitDraft, evidence: Evidence[] = []): SheetShown[] =>
  visit.sheets.map((sheet, index) => ({
    sheet, title: sheetTitles(visit.sheets)[index] ?? "", definition: DEFINITION, form: formOf(visit, sheet, DEFINITION, evidence),
  }));
export const reconcile = (visit: VisitDraft, hasPhotos: (problem: Problem) => boolean = NOBODY_HAS_PHOTOS) =>
  reconcileProblems(visit, first(visit).id, formOf(visit, first(visit), DEFINITION, []).raised, SEVERITIES, hasPhotos);

export async function finished() {
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
