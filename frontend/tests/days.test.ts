import { describe, expect, it } from "vitest";
import {
  addWorkingDays, dayOf, isoWithOffset, isWorkingDay, showDay, showMoment, workingDaysLeft, type SpecialDays,
} from "../shared/days";
import { uuid7 } from "../shared/ids";

/** National Day 2026 as the State Council's list would have it: a week off, one Saturday worked. */
const SPECIAL: SpecialDays = {
  "2026-10-01": "rest", "2026-10-02": "rest", "2026-10-05": "rest", "2026-10-06": "rest", "2026-10-07": "rest",
  "2026-10-10": "work",
};

describe("working days", () => {
  it("are Monday to Friday, unless a day says otherwise", () => {
    expect(isWorkingDay("2026-09-30", SPECIAL)).toBe(true);
    expect(isWorkingDay("2026-10-01", SPECIAL)).toBe(false);
    expect(isWorkingDay("2026-10-03", SPECIAL)).toBe(false);
    expect(isWorkingDay("2026-10-10", SPECIAL)).toBe(true);
  });

  it("of a deadline count from the day after", () => {
    expect(addWorkingDays("2026-09-01", 5, {})).toBe("2026-09-08");
    expect(addWorkingDays("2026-09-30", 1, SPECIAL)).toBe("2026-10-08");
    expect(addWorkingDays("2026-09-30", 3, SPECIAL)).toBe("2026-10-10");
    expect(addWorkingDays("2026-09-30", 0, SPECIAL)).toBe("2026-09-30");
  });

  it("left are those after today up to the deadline", () => {
    expect(workingDaysLeft("2026-09-01", "2026-09-08", {})).toBe(5);
    expect(workingDaysLeft("2026-09-30", "2026-10-08", SPECIAL)).toBe(1);
    expect(workingDaysLeft("2026-09-08", "2026-09-08", {})).toBe(0);
  });

  it("overdue are counted below zero, none over a weekend", () => {
    expect(workingDaysLeft("2026-09-08", "2026-09-01", {})).toBe(-5);
    expect(workingDaysLeft("2026-11-22", "2026-11-20", {})).toBe(0);
  });

  it("reach the day that adding gave", () => {
    for (let days = 1; days < 40; days += 1) {
      expect(workingDaysLeft("2026-09-20", addWorkingDays("2026-09-20", days, SPECIAL), SPECIAL)).toBe(days);
    }
  });
});

describe("dates", () => {
  it("are shown with their weekday", () => {
    expect(showDay("2026-09-01", "zh")).toBe("2026-09-01 周二");
    expect(showDay("2026-09-01", "en")).toBe("2026-09-01 Tue");
  });

  it("belong to the deployment's zone, not to the phone's", () => {
    expect(dayOf(new Date("2026-08-31T16:30:00Z"), "Asia/Shanghai")).toBe("2026-09-01");
    expect(showMoment("2026-08-31T16:05:00Z", "zh", "Asia/Shanghai")).toBe("2026-09-01 周二 00:05");
  });

  it("are sent with the phone's offset and mean the same moment", () => {
    const moment = new Date("2026-09-01T01:02:03.456Z");
    expect(isoWithOffset(moment)).toMatch(/^2026-0[89]-\d\dT\d\d:\d\d:03\.456[+-]\d\d:\d\d$/);
    expect(Date.parse(isoWithOffset(moment))).toBe(moment.getTime());
  });
});

describe("ids", () => {
  it("are UUIDs of version 7 that sort by time", () => {
    const id = uuid7(Date.parse("2026-09-01T00:00:00Z"));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(Date.parse("2026-09-01T00:00:00Z"));
    expect(uuid7(1_000) < uuid7(2_000)).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(5))).size).toBe(1000);
  });
});
