import { expect, it } from "vitest";
import type { Value } from "../shared/expressions";
import type { Item } from "../shared/instrument";
import { answerWords, scoreWords } from "../field/screens/visit/reading";

const words = (zh: string) => ({ zh, en: zh });
const choices = [{ key: "a", label: words("口味") }, { key: "b", label: words("卫生") }];
const ends = { low: words("很差"), high: words("很好") };

it.each<[Partial<Item>, Value, string]>([
  [{ type: "multiple", choices }, ["a", "b"], "口味、卫生"],
  [{ type: "multiple", choices }, [], "未答"],
  [{ type: "decimal", unit: words("小时") }, 9.5, "9.5 小时"],
  [{ type: "scale", max: 5, ends }, 1, "1/5（很差）"],
  [{ type: "scale", max: 5, ends }, 3, "3/5"],
  [{ type: "scale", max: 5, ends }, 5, "5/5（很好）"],
  [{ type: "score", max: 10 }, 0, "0/10"],
  [{ type: "date" }, "2026-09-15", "2026-09-15 周二"],
  [{ type: "single", choices }, "gone", "gone"],
])("%o answered %o reads %s", (item, answer, read) => {
  expect(answerWords({ key: "x", label: words("题"), ...item } as Item, answer)).toBe(read);
});

it("a score reads as a share and its points", () => {
  expect(scoreWords({ points: 15.5, most: 20, percent: 77.5 })).toBe("77.5%（15.5/20 分）");
});
