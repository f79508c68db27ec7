import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf } from "../field/device/hash";
import { confirmSession, renewSession, signedInAs, signInNeeded, signOut } from "../field/device/session";
import { database } from "../field/local/database";
import { newEntry } from "../field/outbox/entry";
import { TurnedAway } from "../field/outbox/errors";
import { sendSoon } from "../field/outbox/sender";
import { uuid7 } from "../shared/ids";
import { FakeDoor } from "./door";
import { phoneAt } from "./phone";

let door: FakeDoor;

beforeEach(async () => {
  door = new FakeDoor();
  phoneAt(await door.open());
  await Promise.all(database.tables.map((table) => table.clear()));
  signInNeeded.value = false;
  await renewSession();
  await database.bundles.put({ owner: 7, etag: "", body: {} as never, loadedAt: "" });
});

afterEach(() => door.close());

async function put(): Promise<{ id: string; sha256: string }> {
  const blob = new Blob([crypto.getRandomValues(new Uint8Array(1000))], { type: "image/jpeg" });
  const [id, sha256] = [uuid7(), await hashOf(blob)];
  const files = [{ sha256, size: 1000, type: "image/jpeg", name: "a.jpg" }];
  const body = JSON.stringify({ id, kind: "visit", schema: 1, made_at: "", payload: { manifest: files } });
  await database.bytes.put({ sha256, blob });
  await database.visits.add({ id, owner: 7, stage: "handed" } as never);
  await database.evidence.add({ id: uuid7(), draft: id, sha256 } as never);
  await database.outbox.add(newEntry({ id, owner: 7, kind: "visit", title: "", body, made_at: "", files }));
  return { id, sha256 };
}

const held = async ({ id, sha256 }: { id: string; sha256: string }) => ({
  entry: (await database.outbox.get(id)) !== undefined,
  draft: (await database.visits.get(id)) !== undefined,
  bytes: (await database.bytes.get(sha256)) !== undefined,
});
const ALL = { entry: true, draft: true, bytes: true };
const NONE = { entry: false, draft: false, bytes: false };

describe("a phone that was lost", () => {
  it("forgets the person, the month, its key and all that was sent when it is turned away; unsent work waits", async () => {
    const sent = await put();
    await sendSoon({ hurry: true });
    const unsent = await put();
    door.turnedAway = true;
    door.tokens.clear();
    await sendSoon({ hurry: true });
    expect(signedInAs.value).toBeNull();
    expect(await held(sent)).toEqual(NONE);
    expect(await held(unsent)).toEqual(ALL);
    expect((await database.outbox.get(unsent.id))?.stage).toBe("entry");
    expect(await database.bundles.count()).toBe(0);
    expect(await database.kept.get("device-key")).toBeUndefined();
    expect(await database.kept.get("session")).toBeUndefined();
    await expect(renewSession()).rejects.toThrow(TurnedAway);
    await expect(renewSession()).rejects.toThrow("这台手机已被停用");
  });

  it("sends what waited once it is let in again", async () => {
    const unsent = await put();
    door.turnedAway = true;
    door.tokens.clear();
    await sendSoon({ hurry: true });
    door.turnedAway = false;
    await renewSession();
    await sendSoon({ hurry: true });
    expect((await database.outbox.get(unsent.id))?.stage).toBe("done");
    expect(door.entries.get(unsent.id)?.copies).toBe(1);
  });
});

describe("signing out", () => {
  it("takes what was sent from the phone", async () => {
    const sent = await put();
    await sendSoon({ hurry: true });
    await signOut();
    expect(await held(sent)).toEqual(NONE);
    expect(await database.bundles.count()).toBe(0);
  });
});

describe("a phone that comes back after 30 days", () => {
  it("gets a new token by the session, and goes on", async () => {
    const unsent = await put();
    door.tokens.clear();
    await sendSoon({ hurry: true });
    expect((await database.outbox.get(unsent.id))?.stage).toBe("done");
  });

  it("asks to sign in where the session has ended too, loses nothing, and sends afterwards", async () => {
    const unsent = await put();
    door.tokens.clear();
    door.sessionOpen = false;
    await confirmSession();
    await sendSoon({ hurry: true });
    expect(signInNeeded.value).toBe(true);
    expect(signedInAs.value?.id).toBe(7);
    expect(await held(unsent)).toEqual(ALL);
    door.sessionOpen = true;
    await renewSession();
    await sendSoon({ hurry: true });
    expect(signInNeeded.value).toBe(false);
    expect((await database.outbox.get(unsent.id))?.stage).toBe("done");
  });
});
