/** A visit while it is being made, saved as it is typed, and its change into the entry that is sent. */
import { dayOf, isoWithOffset } from "../../shared/days";
import { uuid7 } from "../../shared/ids";
import type { Place } from "../../shared/expressions";
import type { Answers, Words } from "../../shared/instrument";
import type { DayUnit, Disposition } from "./bundle";
import { database } from "./database";
import type { Together } from "./joints";

export type PlaceRefusal = "" | "denied" | "unavailable" | "timeout";

export interface Problem {
  id: string;
  /** The sheet whose item raised it; "" for a free finding. */
  sheet: string;
  /** Item and rule that raised it; both empty for a free finding. */
  item: string;
  rule: string;
  category: string;
  severity: string;
  wording: string;
  basis: string;
  requirement: string;
  days: number;
  day_unit: DayUnit;
  /** How it is handled, "" as usual for its severity (drafts of an older edition); a department is named where it is referred to one. */
  disposition: Disposition | "";
  department: string;
  /** The person changed what the rule had filled in. */
  edited: boolean;
  /** The answer that raised it was taken back, and the person decided to keep it. */
  keptOn: boolean;
}

export interface Signing {
  inspector: string;
  unit: string;
  unit_signer: string;
  unit_refused: string;
}

/** One instrument filled in during a visit: a check, a lesson heard, an interview. */
export interface SheetDraft {
  id: string;
  instrument: string;
  instrument_name: Words;
  answers: Answers;
  notes: Record<string, string>;
}

export interface VisitDraft {
  id: string;
  owner: number;
  unit: string;
  unit_name: string;
  /** At least one, in the order in which they were begun. */
  sheets: SheetDraft[];
  inspector_note: string;
  /** `open` while it is written, `handed` once it stands in the outbox. */
  stage: "open" | "handed";
  started_at: string;
  finished_at: string;
  unplanned: boolean;
  /** 暗访: the unit is not told and does not sign; the result goes to the office first. Drafts of before have none. */
  covert?: boolean;
  /** Made with colleagues; `without` is the lead's reason for not waiting for those missing. Drafts of before have none. */
  joint?: (Together & { without: string }) | null;
  place: Place | null;
  place_refused: PlaceRefusal;
  methods: string[];
  companion: string;
  narrative: string;
  highlights: string;
  advice: string;
  findings: Problem[];
  opinion: { agree: boolean | null; text: string };
  signing: Signing;
  /** Counts the saves, so that two open windows notice each other. */
  revision: number;
  changed_at: string;
}

export interface VisitStart {
  owner: number;
  unit: { id: string; name: string };
  instrument: { version: string; name: Words };
  unplanned: boolean;
  covert?: boolean;
  joint?: Together | null;
  methods: string[];
  companion: string;
  startedAt: Date;
  /** Null while the phone is still looking. */
  located: { place: Place | null; refused: PlaceRefusal } | null;
}

export async function startVisit(start: VisitStart): Promise<VisitDraft> {
  const visit: VisitDraft = {
    id: uuid7(),
    owner: start.owner,
    unit: start.unit.id,
    unit_name: start.unit.name,
    sheets: [newSheet(start.instrument)],
    inspector_note: "",
    stage: "open",
    started_at: isoWithOffset(start.startedAt),
    finished_at: "",
    unplanned: start.unplanned,
    covert: start.covert ?? false,
    joint: start.joint ? { ...start.joint, without: "" } : null,
    place: start.located?.place ?? null,
    place_refused: start.located?.refused ?? "",
    methods: start.methods,
    companion: start.companion,
    narrative: "",
    highlights: "",
    advice: "",
    findings: [],
    opinion: { agree: null, text: "" },
    signing: { inspector: "", unit: "", unit_signer: start.companion, unit_refused: "" },
    revision: 1,
    changed_at: new Date().toISOString(),
  };
  await database.visits.add(visit);
  return visit;
}

export const newSheet = ({ version, name }: VisitStart["instrument"]): SheetDraft => ({
  id: uuid7(), instrument: version, instrument_name: name, answers: {}, notes: {},
});

/** Takes a sheet out of the visit, with what was taken at it and the problems it raised. A visit keeps at least one. */
export async function removeSheet(visit: VisitDraft, id: string): Promise<void> {
  if (visit.sheets.length < 2) return;
  const gone = new Set(visit.findings.filter((problem) => problem.sheet === id).map((problem) => problem.id));
  await database.evidence.where("draft").equals(visit.id).filter((one) => one.sheet === id || gone.has(one.finding)).delete();
  visit.findings = visit.findings.filter((problem) => !gone.has(problem.id));
  visit.sheets = visit.sheets.filter((sheet) => sheet.id !== id);
}

/** What an instrument means by today. */
export const dayOfVisit = ({ started_at }: VisitDraft): string => dayOf(new Date(started_at));

export async function discardVisit(id: string): Promise<void> {
  await database.transaction("rw", database.visits, database.evidence, async () => {
    await database.evidence.where("draft").equals(id).delete();
    await database.visits.delete(id);
  });
}
