/** The red button. */
import type { zhAlarms } from "./zh-alarms";

export const enAlarms: Record<keyof typeof zhAlarms, string> = {
  "alarm.press": "Grave danger",
  "alarm.title": "Report grave danger",
  "alarm.first": "Where people are in danger, first get them out, call 110, 119 or 120, and telephone the office.",
  "alarm.unit": "School",
  "alarm.what": "What happened",
  "alarm.whatHint": "One sentence will do: gas is leaking, the canteen is shut",
  "alarm.where": "Where exactly",
  "alarm.photos": "Photos (not needed)",
  "alarm.send": "Report now",
  "alarm.sendAsk": "Report to the office now?",
  "alarm.sendText": "It goes to the county office at once, as grave danger: {name}.",
  "alarm.sending": "On its way. You will see here who deals with it",
  "alarm.sendingLater": "No network now; it goes as soon as there is a signal",
  "alarm.drop": "Do not report",
  "alarm.needWhat": "Please say what happened",
  "alarm.needUnit": "Please choose the school",
  "alarm.since": "Time since it was pressed",
  "alarm.stage.waiting": "Not sent yet: it goes with the first signal. Please telephone too",
  "alarm.stage.sent": "The server has it",
  "alarm.stage.received": "At the office, not yet answered",
  "alarm.stage.climbed": "The county has not answered; passed to the office above",
  "alarm.stage.answered": "Answered; dealt with by {who}",
  "alarm.stage.closed": "Dealt with: {outcome}",
};
