/** The inspector's judgement on a rectification report, saved as it is written. */
import { uuid7 } from "../../shared/ids";
import type { OpenFinding, PlanStep } from "./bundle";
import { database } from "./database";

export type Decision = "pass" | "part" | "return";
export type VerifyMethod = "material" | "on_site" | "interview";

export interface VerificationDraft {
  id: string;
  owner: number;
  finding: string;
  finding_number: string;
  unit_name: string;
  /** What the phone showed when the person decided; the server compares it with what is true by then. */
  seen_state: string;
  seen_round: number;
  /** The step of a plan that is judged, and which report of it was seen; the report as a whole where there is none. */
  step?: JudgedStep | null;
  stage: "open" | "handed";
  decision: Decision | "";
  method: VerifyMethod;
  facts: string;
  revision: number;
  changed_at: string;
}

export interface JudgedStep {
  id: number;
  reported_at: string;
}

/** What a judgement is about: one report of a problem, or one report of a step of its plan. */
export const aboutOf = ({ finding, seen_round, step }: Pick<VerificationDraft, "finding" | "seen_round" | "step">): string =>
  step ? `${finding}/step/${step.id}/${step.reported_at}` : `${finding}/${seen_round}`;

export const aboutReport = (finding: OpenFinding): string => aboutOf({ finding: finding.id, seen_round: finding.round });

export const aboutStep = (finding: OpenFinding, step: PlanStep): string =>
  aboutOf({ finding: finding.id, seen_round: finding.round, step: judgedStep(step) });

const judgedStep = (step: PlanStep | undefined): JudgedStep | null => (step ? { id: step.id, reported_at: step.reported_at ?? "" } : null);

/** The open judgement on this report, of the whole or of a step, or a new one. */
export async function openVerification(owner: number, finding: OpenFinding, of?: PlanStep): Promise<VerificationDraft> {
  const step = judgedStep(of);
  const about = aboutOf({ finding: finding.id, seen_round: finding.round, step });
  return database.transaction("rw", database.verifications, async () => {
    const drafts = await database.verifications.where("finding").equals(finding.id).toArray();
    const open = drafts.find((draft) => draft.owner === owner && draft.stage === "open" && aboutOf(draft) === about);
    if (open) return open;
    const draft: VerificationDraft = {
      id: uuid7(),
      owner,
      finding: finding.id,
      finding_number: finding.number,
      unit_name: finding.unit_name,
      seen_state: finding.state,
      seen_round: finding.round,
      step,
      stage: "open",
      decision: "",
      method: "material",
      facts: "",
      revision: 1,
      changed_at: new Date().toISOString(),
    };
    await database.verifications.add(draft);
    return draft;
  });
}
