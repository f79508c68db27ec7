/** Problems follow the answers that raise them, without ever throwing away what a person wrote. */
import type { Raised } from "../../shared/form";
import { uuid7 } from "../../shared/ids";
import type { Disposition, Limit, Severity } from "./bundle";
import type { Problem, VisitDraft } from "./visits";

export interface Reconciled {
  added: Problem[];
  /** Edited problems whose answer no longer raises them: the person decides. */
  doubtful: Problem[];
}

/** Changes those of `visit.findings` that the sheet raised. `hasPhotos` says whether a problem has photos of its own, which count as a person's work. */
export function reconcileProblems(
  visit: VisitDraft,
  sheet: string,
  raised: Raised[],
  severities: Severity[],
  hasPhotos: (problem: Problem) => boolean,
): Reconciled {
  const names = new Set(raised.map((one) => one.name));
  const isOwn = (problem: Problem) => problem.sheet === sheet && problem.rule !== "";
  const isRaised = (problem: Problem) => !isOwn(problem) || names.has(problem.rule);
  const isTouched = (problem: Problem) => problem.edited || hasPhotos(problem);

  for (const problem of visit.findings) if (isOwn(problem) && isRaised(problem)) problem.keptOn = false;
  const kept = visit.findings.filter((problem) => isRaised(problem) || problem.keptOn || isTouched(problem));
  if (kept.length !== visit.findings.length) visit.findings = kept;

  const present = new Set(kept.filter(isOwn).map((problem) => problem.rule));
  const added = raised.filter((one) => !present.has(one.name)).map((one) => fromRule(sheet, one, severities));
  visit.findings.push(...added);
  return { added, doubtful: visit.findings.filter((problem) => !isRaised(problem) && !problem.keptOn) };
}

/** The record is an official Chinese text, whatever language the app is shown in. */
function fromRule(sheet: string, { item, rule, name }: Raised, severities: Severity[]): Problem {
  return {
    id: uuid7(),
    sheet,
    item: item.key,
    rule: name,
    category: rule.category,
    severity: rule.severity,
    wording: rule.wording.zh,
    basis: rule.basis?.zh || item.basis?.text.zh || "",
    requirement: rule.requirement?.zh ?? "",
    ...limitOf(rule.severity, rule.category, severities),
    disposition: handlingOf(rule.severity, severities),
    department: "",
    edited: false,
    keptOn: false,
  };
}

/** A problem found besides the checklist. Nothing is chosen for the person; its limit comes with its severity. */
export function freeProblem(): Problem {
  return {
    id: uuid7(),
    sheet: "",
    item: "",
    rule: "",
    category: "",
    severity: "",
    wording: "",
    basis: "",
    requirement: "",
    ...limitOf("", "", []),
    disposition: handlingOf("", []),
    department: "",
    edited: true,
    keptOn: false,
  };
}

export type ProblemGap = "wording" | "severity" | "category" | "department" | "days";

/** The server takes no longer limits. */
export const MAX_DAYS = 400;

/** What a problem still lacks before it can be put to a unit. */
export function problemGaps(problem: Problem): ProblemGap[] {
  const asked = ["wording", "severity", "category"] as const;
  const lacking: ProblemGap[] = asked.filter((name) => !problem[name].trim());
  if (problem.disposition === "COMPLEX" && !problem.department.trim()) lacking.push("department");
  if (hasLimit(problem) && !isLimit(problem.days)) lacking.push("days");
  return lacking;
}

/** Opened, and nothing said in it yet. One with photos is not blank, whatever its text. */
export function isBlank(problem: Problem, hasPhotos: boolean): boolean {
  const { rule, wording, severity, category, basis, requirement, disposition } = problem;
  const said = [wording, severity, category, basis, requirement].some((text) => text.trim() !== "");
  return rule === "" && !said && ["", "ORDINARY"].includes(disposition) && !hasPhotos;
}

/** The time to rectify until somebody says otherwise: that of the category within the severity, else that of the severity. */
export function limitOf(severity: string, category: string, severities: Severity[]): Limit {
  const found = severities.find((one) => one.key === severity);
  const { days, day_unit } = found?.kinds?.[category] ?? found ?? { days: 15, day_unit: "working" };
  return { days, day_unit };
}

/** How a problem is handled until somebody says otherwise. */
export function handlingOf(severity: string, severities: Severity[]): Disposition {
  return severities.find((one) => one.key === severity)?.disposition ?? "ORDINARY";
}

/** A limit follows the category, unless somebody has set it to something else. */
export function limitAfter(problem: Problem, category: string, severities: Severity[]): Limit {
  const was = limitOf(problem.severity, problem.category, severities);
  const isOwn = problem.days !== was.days || problem.day_unit !== was.day_unit;
  return isOwn ? { days: problem.days, day_unit: problem.day_unit } : limitOf(problem.severity, category, severities);
}

/** Whether so many days can be given to a unit. */
export const isLimit = (days: number): boolean => Number.isInteger(days) && days >= 1 && days <= MAX_DAYS;

/** Whether the unit is given a time to rectify. */
export const hasLimit = ({ disposition, severity }: Problem): boolean => severity !== "" && disposition !== "NONE" && disposition !== "SMALL";
