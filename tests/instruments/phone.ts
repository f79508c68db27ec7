/** The phone's own evaluator behind a pipe: one question per line, one answer per line (test_phone.py). */
import { createInterface } from "node:readline";
import { evaluate, type Tree, type Value } from "../../frontend/shared/expressions";
import { gapsWithin, readForm, type Filled } from "../../frontend/shared/form";
import type { Definition } from "../../frontend/shared/instrument";

type Question =
  | { tree: Tree; answers: Record<string, Value>; self: Value; today: string }
  | { definition: Definition; filled: Filled };

const definitions = new Map<string, Definition>();

function answer(question: Question): unknown {
  if ("tree" in question) {
    const { tree, answers, self, today } = question;
    return evaluate(tree, { answer: (key) => answers[key] ?? null, self, today });
  }
  const form = readForm(question.definition, question.filled);
  const states = [...form.items.values()];
  return {
    relevant: states.filter((state) => state.relevant).map((state) => state.item.key),
    gaps: states.flatMap((state) => gapsWithin(state)),
    suggested: states.filter((state) => state.suggested !== null).map((state) => [state.item.key, state.suggested]),
    raised: form.raised.map((one) => one.name),
    whole: form.score,
    sections: Object.fromEntries(form.sections.filter((one) => one.score).map((one) => [one.section.key, one.score])),
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line) as Question & { keep?: Definition; use?: string };
  if (question.keep) definitions.set(question.keep.key, question.keep);
  else if (question.use) process.stdout.write(`${JSON.stringify(answer({ ...question, definition: definitions.get(question.use) } as Question))}\n`);
  else process.stdout.write(`${JSON.stringify(answer(question))}\n`);
});
