/** Who is signed in on this phone: its device id, its token, and how a token is renewed. */
import { ref } from "vue";
import { uuid7 } from "../../shared/ids";
import { database, readKept, writeKept } from "../local/database";
import { exchange, type Answer } from "../outbox/exchange";
import { leave, vault } from "../local/vault";
import { wipeSent } from "../local/wipe";
import { Busy, Refused, SignInNeeded, TurnedAway, Unreachable } from "../outbox/errors";
import { publicKey, settleKey } from "./key";
import { deviceName } from "./name";

declare const __APP_VERSION__: string;

export interface SessionUser {
  id: number;
  name: string;
  certificate_no: string;
}

interface Session {
  token: string;
  expires_at: string;
  user: SessionUser;
}

interface DeviceAnswer extends Session {
  server_time: string;
  /** The key that counts for this phone, or "". */
  key?: string;
}

export const signedInAs = ref<SessionUser | null>(null);
/** The session ended and could not be renewed; the work stays on the phone. */
export const signInNeeded = ref(false);

let renewing: Promise<Session> | undefined;

export async function recallSession(): Promise<void> {
  signedInAs.value = (await readKept<Session>("session"))?.user ?? null;
}

export async function currentUser(): Promise<SessionUser | undefined> {
  return (await readKept<Session>("session"))?.user;
}

export async function currentToken(): Promise<string | undefined> {
  return (await readKept<Session>("session"))?.token;
}

const EXPECTED = [SignInNeeded, Unreachable, Busy, Refused];

/** On opening the app: whoever is signed in on this browser now is who works here. A closed session changes nothing yet. */
export async function confirmSession(): Promise<void> {
  try {
    await renewSession();
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error;
    // The token may still be good; the outbox finds out when it needs it.
    signInNeeded.value = false;
  }
}

/** Get a token with the session cookie. Callers that ask at the same time share one request. */
export function renewSession(): Promise<Session> {
  renewing ??= fetchSession().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function fetchSession(isSecond = false): Promise<Session> {
  const key = await publicKey();
  const waiting = await database.outbox.where("stage").anyOf("entry", "files", "refused").count();
  const name = deviceName(navigator.userAgent);
  const about = { device_id: await deviceId(), name, app: __APP_VERSION__, waiting, ...(key ? { public_key: key } : {}) };
  const body = JSON.stringify(about);
  const answer = await askByCookie("/api/field/device", body);
  const session = answer.body as DeviceAnswer | null;
  // This account does not inspect; signing in again would not change that.
  const refusal = answer.body as { code?: string; message?: string } | null;
  if (answer.status === 403 && refusal?.code) throw new Refused(403, refusal.code, refusal.message ?? "");
  if (refusal?.code === "device-revoked") return turnAway(refusal.message ?? "");
  if (answer.status === 401 || answer.status === 403) {
    signInNeeded.value = true;
    throw new SignInNeeded();
  }
  if (answer.status !== 200 || !session?.token) throw new Busy(null);
  await writeKept("session", { token: session.token, expires_at: session.expires_at, user: session.user });
  signedInAs.value = session.user;
  signInNeeded.value = false;
  // A server of an older edition says nothing about keys; one that does not want ours gets a new one, once.
  if (session.key !== undefined && !(await settleKey(session.key)) && !isSecond) return fetchSession(true);
  return session;
}

/** Lost or stolen: the phone forgets the person, the key and all that was sent. */
async function turnAway(message: string): Promise<never> {
  await forgetPerson();
  await database.kept.delete("device-key");
  throw new TurnedAway(message);
}

async function forgetPerson(): Promise<void> {
  const owner = (await currentUser())?.id;
  await database.kept.delete("session");
  if (owner !== undefined) await wipeSent(owner);
  signedInAs.value = null;
}

async function deviceId(): Promise<string> {
  return database.transaction("rw", database.kept, async () => {
    const known = await readKept<string>("device-id");
    if (known) return known;
    const made = uuid7();
    await writeKept("device-id", made);
    return made;
  });
}

/** What the session cookie alone opens, whoever is known on this phone. */
export function askByCookie(path: string, body: string): Promise<Answer> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfCookie() };
  return exchange(path, { method: "POST", headers, body });
}

/** Ends the session and goes to the sign-in page: who holds the phone must prove anew who she is. */
export async function signInAnew(): Promise<void> {
  await exchange("/sign-out/", { method: "POST", headers: { "X-CSRFToken": csrfCookie() } }).catch((error: unknown) => {
    // Signed out, the server sends us on, which `exchange` does not follow.
    if (!(error instanceof Unreachable && error.message === "redirected")) throw error;
  });
  location.assign("/sign-in/?next=/field/");
}

function csrfCookie(): string {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

/** Close the session and forget the person, what was loaded for them and what was sent. Asked for only when nothing is unsent. */
export async function signOut(): Promise<void> {
  await forgetPerson();
  if (vault.value?.mode === "on") await leave();
  await writeKept("signed-out", true);
  const headers = { "X-CSRFToken": csrfCookie() };
  // Without a network the cookie outlives this; the app asks before it uses it again.
  await exchange("/sign-out/", { method: "POST", headers }).catch(() => undefined);
}
