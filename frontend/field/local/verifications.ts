/** The inspector's judgement on a rectification report, saved as it is written. */
import { uuid7 } from "../../shared/ids";
import type { OpenFinding } from "./bundle";
import { database } from "./database";

export type Decision = "pass" | "return";
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
  stage: "open" | "handed";
  decision: Decision | "";
  method: VerifyMethod;
  facts: string;
  revision: number;
  changed_at: string;
}

/** The open judgement on this report, or a new one. */
export async function openVerification(owner: number, finding: OpenFinding): Promise<VerificationDraft> {
  return database.transaction("rw", database.verifications, async () => {
    const drafts = await database.verifications.where("finding").equals(finding.id).toArray();
    const open = drafts.find((draft) => draft.owner === owner && draft.stage === "open" && draft.seen_round === finding.round);
    if (open) return open;
    const draft: VerificationDraft = {
      id: uuid7(),
      owner,
      finding: finding.id,
      finding_number: finding.number,
      unit_name: finding.unit_name,
      seen_state: finding.state,
      seen_round: finding.round,
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
