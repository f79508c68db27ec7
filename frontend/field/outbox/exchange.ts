/** One HTTP request and its answer. Nothing else in the app calls fetch for our API. */
import { noteServerTime } from "../device/clock";
import { language } from "../words";
import { Unreachable } from "./errors";

export interface Request {
  method?: "GET" | "HEAD" | "POST" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: string | Blob;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON, or null where the answer has no body. */
  body: unknown;
}

const TIMEOUT_MS = 30_000;

export async function exchange(path: string, request: Request = {}): Promise<Answer> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), request.timeoutMs ?? TIMEOUT_MS);
  try {
    const response = await fetch(new URL(path, location.href), {
      method: request.method ?? "GET",
      headers: { "Accept-Language": language.value === "zh" ? "zh-hans" : "en", ...request.headers },
      body: request.body,
      credentials: "same-origin",
      // Somebody else's sign-in page must not look like an answer.
      redirect: "manual",
      cache: "no-store",
      signal: stop.signal,
    });
    return await readAnswer(response);
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  if (response.type === "opaqueredirect") throw new Unreachable("redirected");
  const text = await response.text();
  const { status, headers } = response;
  const isJson = (headers.get("Content-Type") ?? "").includes("json");
  // A form token that no longer fits is refused with a page, by the framework rather than by us.
  const refusedByPage = !isJson && (status === 401 || status === 403);
  if (text === "" || refusedByPage) return { status, headers, body: null };
  if (!isJson) throw new Unreachable("not an answer of the server");
  const body: unknown = JSON.parse(text);
  const named = (body as { server_time?: string } | null)?.server_time;
  noteServerTime(named ?? headers.get("Date"));
  return { status, headers, body };
}
