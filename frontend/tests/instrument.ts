/** A checklist small enough to hold in the head, with every rule the form logic knows. */
import type { Definition, Item, Words } from "../shared/instrument";

const words = (zh: string): Words => ({ zh, en: zh });

const item = (key: string, type: Item["type"], more: Partial<Item> = {}): Item => ({ key, type, label: words(key), ...more });

export const DEFINITION: Definition = {
  key: "test",
  title: words("测试表"),
  applies_to: [],
  sections: [
    {
      key: "homework",
      title: words("作业"),
      items: [
        item("written", "yes_no", {
          required: true,
          basis: { text: words("“双减”意见") },
          photos: { min: 0, max: 9, required_when: "${written} = 'no'", required_when_tree: ["=", ["ref", "written"], ["lit", "no"]] },
          findings: [
            {
              key: "no",
              when: "${written} = 'no'",
              when_tree: ["=", ["ref", "written"], ["lit", "no"]],
              category: "HOMEWORK",
              severity: "MAJOR",
              wording: words("布置了书面作业"),
              requirement: words("立即停止"),
            },
          ],
        }),
        item("minutes", "integer", {
          min: 0,
          max: 600,
          required_tree: ["!=", ["ref", "written"], ["lit", "na"]],
          required: "${written} != 'na'",
          constraint_tree: ["!=", ["self"], ["lit", 13]],
          findings: [
            {
              key: "over",
              when: "${minutes} > 60",
              when_tree: [">", ["ref", "minutes"], ["lit", 60]],
              category: "HOMEWORK",
              severity: "MINOR",
              wording: words("作业过多"),
            },
          ],
        }),
        item("why", "text", { relevant_tree: [">", ["ref", "minutes"], ["lit", 60]] }),
        item("proof", "photo", { required: true, relevant_tree: ["!=", ["ref", "why"], ["lit", ""]], photos: { min: 2, max: 6 } }),
      ],
    },
    {
      key: "service",
      title: words("课后服务"),
      relevant_tree: ["=", ["ref", "written"], ["lit", "yes"]],
      items: [
        item("open", "yes_no", {
          required: true,
          findings: [
            {
              key: "no",
              when: "${open} = 'no'",
              when_tree: ["=", ["ref", "open"], ["lit", "no"]],
              category: "SERVICE",
              severity: "MINOR",
              wording: words("未开展课后服务"),
            },
          ],
        }),
      ],
    },
  ],
};

export const SEVERITIES = [
  { key: "MINOR", name: words("一般"), days: 5, day_unit: "working" as const },
  { key: "MAJOR", name: words("较重"), days: 15, day_unit: "working" as const },
  { key: "CRITICAL", name: words("重大隐患"), days: 3, day_unit: "natural" as const },
];
