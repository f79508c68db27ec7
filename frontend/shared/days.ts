/** Calendar days as `YYYY-MM-DD` texts, working days, and how dates are shown. */

/** A day that differs from the plain week, in which Monday to Friday are worked. */
export type SpecialDays = Record<string, "rest" | "work">;

const DAY_MS = 86_400_000;
const WEEKDAYS = { zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };

/** The deployment's zone; the page says another one by <html data-zone>. */
export function zone(): string {
  const named = typeof document === "undefined" ? undefined : document.documentElement.dataset["zone"];
  return named || "Asia/Shanghai";
}

export function dayOf(moment: Date, timeZone = zone()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

/** `2026-09-01 周二` */
export function showDay(day: string, language: "zh" | "en"): string {
  return `${day} ${WEEKDAYS[language][utc(day).getUTCDay()]}`;
}

/** `2026-09-01 周二 09:30` */
export function showMoment(moment: string | Date, language: "zh" | "en", timeZone = zone()): string {
  const date = new Date(moment);
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hour12: false });
  return `${showDay(dayOf(date, timeZone), language)} ${clock.format(date)}`;
}

/** ISO 8601 with the phone's own offset, as the contract wants moments. */
export function isoWithOffset(moment: Date): string {
  const ahead = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + ahead * 60_000).toISOString().slice(0, -1);
  const two = (number: number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  return `${local}${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
}

export function isWorkingDay(day: string, special: SpecialDays): boolean {
  const exception = special[day];
  if (exception) return exception === "work";
  const weekday = utc(day).getUTCDay();
  return weekday >= 1 && weekday <= 5;
}

/** The day N working days after `from`, counted from the day after it. */
export function addWorkingDays(from: string, days: number, special: SpecialDays): string {
  let day = from;
  for (let left = days; left > 0; ) {
    day = addDays(day, 1);
    if (isWorkingDay(day, special)) left -= 1;
  }
  return day;
}

/** Working days left until `due`, today not counted; negative when overdue. */
export function workingDaysLeft(today: string, due: string, special: SpecialDays): number {
  if (due < today) return 0 - workingDaysLeft(due, today, special);
  let count = 0;
  for (let day = today; day < due; ) {
    day = addDays(day, 1);
    if (isWorkingDay(day, special)) count += 1;
  }
  return count;
}

export function addDays(day: string, days: number): string {
  return new Date(utc(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

function utc(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
