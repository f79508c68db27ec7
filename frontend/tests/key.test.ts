import { createHash, createPublicKey, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { publicKey, signs } from "../field/device/key";
import { renewSession } from "../field/device/session";
import { database } from "../field/local/database";
import type { VerificationDraft } from "../field/local/verifications";
import { handOverVerification } from "../field/outbox/handover";
import { sendSoon } from "../field/outbox/sender";
import { uuid7 } from "../shared/ids";
import { FakeDoor } from "./door";
import { phoneAt } from "./phone";

let door: FakeDoor;

beforeEach(async () => {
  door = new FakeDoor();
  phoneAt(await door.open());
  await Promise.all(database.tables.map((table) => table.clear()));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await door.close();
});

async function judged(): Promise<Record<string, unknown> & { signed?: { key: string; value: string } }> {
  const draft = {
    id: uuid7(), owner: 7, finding: uuid7(), finding_number: "", unit_name: "泰山学校", seen_state: "REPORTED", seen_round: 1,
    decision: "pass", method: "on_site", facts: "已建立“公示”制度 🏫", stage: "open", revision: 1, changed_at: "",
  } as unknown as VerificationDraft;
  await database.verifications.add(draft);
  await handOverVerification(draft.id);
  await sendSoon({ hurry: true });
  return JSON.parse(door.entries.get(draft.id)?.body ?? "{}") as Record<string, unknown>;
}

function holds(body: Record<string, unknown> & { signed?: { key: string; value: string } }): boolean {
  const text = ["dudao-entry-1", body["id"], body["kind"], body["schema"], body["made_at"], JSON.stringify(body["payload"])].join("\n");
  const key = createPublicKey({ key: Buffer.from(door.publicKey, "base64"), format: "der", type: "spki" });
  return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(body.signed?.value ?? "", "base64"));
}

describe("the phone's key", () => {
  it("signs what is handed over once the server knows it", async () => {
    await renewSession();
    expect(await signs()).toBe(true);
    const body = await judged();
    expect(body.signed?.key).toBe(createHash("sha256").update(Buffer.from(door.publicKey, "base64")).digest("hex"));
    expect(holds(body)).toBe(true);
    expect(holds({ ...body, payload: { ...(body["payload"] as object), facts: "另写" } })).toBe(false);
    const kept = (await database.kept.get("device-key"))?.value as { private: CryptoKey };
    expect(kept.private.extractable).toBe(false);
  });

  it("stays the same for every renewal, and is made anew when the server does not want it any more", async () => {
    await renewSession();
    const first = door.publicKey;
    await renewSession();
    expect(door.publicKey).toBe(first);
    door.endedKeys.add(createHash("sha256").update(Buffer.from(first, "base64")).digest("hex"));
    await renewSession();
    expect(door.publicKey).not.toBe(first);
    expect(holds(await judged())).toBe(true);
  });

  it("does not sign before the server has it, and what is written then is sent all the same", async () => {
    await publicKey();
    expect(await signs()).toBe(false);
  });

  it("is absent where the browser has no keys: entries go unsigned and say so", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await renewSession();
    expect(door.publicKey).toBe("");
    const body = await judged();
    expect(body["payload"]).toBeTruthy();
    expect(body.signed).toBeUndefined();
    expect((await database.outbox.toArray())[0]).toMatchObject({ signed: false, stage: "done" });
  });
});
