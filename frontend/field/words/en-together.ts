/** Visits made together, and the certificate at the gate. */
import type { zhTogether } from "./zh-together";

export const enTogether: Record<keyof typeof zhTogether, string> = {
  "joint.title": "Joint visit",
  "joint.with": "Together with",
  "joint.asLead": "Joint visit with {names} (I lead)",
  "joint.asMember": "Joint visit with {lead}, who leads",
  "joint.leadHint": "Each fills in own sheets. Once all have handed in, they become one visit, which is filed.",
  "joint.memberHint": "My sheets go into the visit of the inspector who leads.",
  "joint.signsWithLead": "{lead}, who leads, asks the school for its opinion and signature. Only your own signature is needed here.",
  "joint.without": "File without colleagues who have not handed in",
  "joint.withoutReason": "Reason for not waiting",
  "joint.waiting": "Waiting for colleagues",
  "joint.waitsFor": "Not handed in: {names}",
  "joint.see": "See, or no longer wait",
  "joint.along": "Schools I go to with colleagues",
  "certificate.title": "Education inspection · certificate",
  "certificate.show": "Show my certificate",
  "certificate.number": "Certificate",
  "certificate.valid": "Valid until",
  "certificate.purpose": "Purpose",
  "certificate.routine": "Routine inspection",
  "certificate.dropIn": "Drop-in inspection",
  "certificate.photo": "Photo of {name}",
  "certificate.noPhoto": "The office has no photo; please show the paper certificate too",
  "certificate.hint": "The school's contact is told that you have come: at once where there is a network, later where there is none.",
  "certificate.go": "Go to the visit",
};
