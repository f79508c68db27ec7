/** Visits made together (同行督导): who goes to which school with whom, known to every phone of the team before it goes. */
import type { Joint } from "./bundle";
import type { VisitDraft } from "./visits";

export type Together = Pick<Joint, "plan" | "lead" | "members">;

/** Of several teams for one school, the one whose day is the nearest; one without a day comes last. */
export function jointAt(unit: string, joints: Joint[], today: string): Together | null {
  const far = ({ planned_on: on }: Joint) => (on ? Math.abs(Date.parse(on) - Date.parse(today)) : Infinity);
  const [nearest] = joints.filter((one) => one.unit === unit).sort((a, b) => far(a) - far(b));
  if (!nearest) return null;
  const { plan, lead, members } = nearest;
  return { plan, lead, members };
}

/** Somebody else leads: the school signs for her, and the visit is filed with hers. */
export const isCompanion = ({ joint, owner }: VisitDraft): boolean => !!joint && joint.lead.id !== owner;

/** The unit is asked for its opinion and signature here. */
export const asksUnit = (visit: VisitDraft): boolean => !visit.covert && !isCompanion(visit);
