/** Questions with two answers, and short notices. Asked only before what cannot be undone. */
import { ref, shallowRef } from "vue";

interface Question {
  title: string;
  text?: string;
  yes?: string;
  no?: string;
  danger?: boolean;
  noticeOnly?: boolean;
}

const NOTICE_MS = 4_000;

export const question = shallowRef<Question | null>(null);
export const notice = ref("");

let answerWith: ((answer: boolean) => void) | undefined;
let clearing: ReturnType<typeof setTimeout> | undefined;

export function askPerson(asked: Question): Promise<boolean> {
  answerWith?.(false);
  question.value = asked;
  return new Promise((resolve) => {
    answerWith = resolve;
  });
}

export function settle(answer: boolean): void {
  question.value = null;
  answerWith?.(answer);
  answerWith = undefined;
}

/** Shown for a moment and read out by screen readers. */
export function tell(text: string): void {
  notice.value = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { notice.value = ""; }, NOTICE_MS);
}
