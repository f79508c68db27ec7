/** Requests in the person's name: the token goes along, is renewed once when it has expired, and refusals become errors. */
import { isoWithOffset } from "../../shared/days";
import { currentToken, currentUser, renewSession, signInNeeded } from "../device/session";
import { Busy, Refused, SignInNeeded, Unreachable } from "./errors";
import { exchange, type Answer, type Request } from "./exchange";

export interface Ask extends Request {
  /** Statuses beside 2xx and 304 that the caller wants to see rather than an error. */
  expects?: number[];
}

interface Problem {
  code?: string;
  message?: string;
  details?: Record<string, unknown>;
}

export async function ask(path: string, request: Ask = {}): Promise<Answer> {
  const before = (await currentUser())?.id;
  const token = (await currentToken()) ?? (await renewSession()).token;
  let answer = await exchange(path, withToken(request, token));
  if (answer.status === 401) {
    const session = await renewSession();
    // Somebody else signed in meanwhile: what the first person wrote is not sent in the second one's name.
    if (before !== undefined && session.user.id !== before) throw new SignInNeeded();
    answer = await exchange(path, withToken(request, session.token));
  }
  return accepted(answer, request.expects ?? []);
}

function withToken(request: Request, token: string): Request {
  const headers = { ...request.headers, Authorization: `Bearer ${token}`, "X-Device-Time": isoWithOffset(new Date()) };
  return { ...request, headers };
}

function accepted(answer: Answer, expects: number[]): Answer {
  const { status } = answer;
  if ((status >= 200 && status < 300) || status === 304 || expects.includes(status)) return answer;
  const problem = (answer.body ?? {}) as Problem;
  if (status === 401) {
    signInNeeded.value = true;
    throw new SignInNeeded(problem.message);
  }
  if (status >= 500 || status === 429 || status === 408) throw new Busy(retryAfterMs(answer.headers.get("Retry-After")));
  // A refusal is believed only from our own server, which always names its code.
  if (!problem.code) throw new Unreachable(`answered ${status}`);
  throw new Refused(status, problem.code, problem.message ?? "", problem.details);
}

/** Retry-After is a number of seconds or a date. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | null {
  if (!header) return null;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
