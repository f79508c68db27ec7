import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clockSkew } from "../field/device/clock";
import { hashOf } from "../field/device/hash";
import { renewSession, signInNeeded } from "../field/device/session";
import { database, writeKept } from "../field/local/database";
import { changeEntry, newEntry, type OutboxEntry } from "../field/outbox/entry";
import { whileLeased } from "../field/outbox/lock";
import { isDue, noteFailure, offerAgain, sendSoon, watchForChances } from "../field/outbox/sender";
import { Busy, Unreachable } from "../field/outbox/errors";
import { retryAfterMs } from "../field/outbox/door";
import { uuid7 } from "../shared/ids";
import { answer, FakeDoor } from "./door";
import { phoneAt } from "./phone";

let door: FakeDoor;

beforeEach(async () => {
  door = new FakeDoor();
  phoneAt(await door.open());
  await Promise.all(database.tables.map((table) => table.clear()));
  signInNeeded.value = false;
  await renewSession();
  door.requests.length = 0;
});

afterEach(() => door.close());

async function put(fileSizes: number[] = [], title = "泰山学校"): Promise<OutboxEntry> {
  const files = [];
  for (const [index, size] of fileSizes.entries()) {
    const blob = new Blob([new Uint8Array(size).fill(index + 1)], { type: "image/jpeg" });
    const sha256 = await hashOf(blob);
    await database.bytes.put({ sha256, blob });
    files.push({ sha256, size, type: "image/jpeg", name: `照片${index}.jpg` });
  }
  const id = uuid7();
  const body = JSON.stringify({ id, kind: "visit", schema: 1, made_at: "", payload: { title, manifest: files } });
  const entry = newEntry({ id, owner: 7, kind: "visit", title, body, made_at: new Date().toISOString(), files });
  await database.outbox.add(entry);
  return entry;
}

const read = async (entry: OutboxEntry) => (await database.outbox.get(entry.id)) as OutboxEntry;
const send = () => sendSoon({ hurry: true });

describe("an entry on its way", () => {
  it("is sent only when every file is stored, byte for byte", async () => {
    const entry = await put([300_000, 2_600_000]);
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(door.entries.get(entry.id)?.body).toBe(entry.body);
    for (const file of entry.files) expect(door.files.get(file.sha256)?.length).toBe(file.size);
    expect(door.count("PATCH"), "the small one goes whole with its beginning").toBe(3);
  });

  it("survives an answer that was lost: the same bytes again, one record", async () => {
    const entry = await put();
    door.cutAfterStoring = 1;
    await send();
    expect(await read(entry)).toMatchObject({ stage: "entry", tries: 1, last_error: "unreachable" });
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(door.entries.get(entry.id)).toEqual({ body: entry.body, copies: 2 });
  });

  it("goes on where a file broke off", async () => {
    const entry = await put([3_500_000]);
    let patches = 0;
    door.fault = (request, response) => {
      if (request.method !== "PATCH" || (patches += 1) !== 3) return false;
      response.destroy();
      return true;
    };
    await send();
    expect(await read(entry)).toMatchObject({ stage: "files", last_error: "unreachable" });
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(door.count("POST /door/files")).toBe(1);
    expect(door.count("PATCH")).toBe(3 + 2);
  });

  it("begins a file anew when the server forgot the upload", async () => {
    const entry = await put([2_000_000]);
    door.fault = (request, response) => {
      if (request.method !== "PATCH" || request.headers["upload-offset"] === "0") return false;
      response.destroy();
      return true;
    };
    await send();
    door.fault = () => false;
    door.uploads.clear();
    await send();
    expect((await read(entry)).stage).toBe("done");
  });

  it("looks up its place when the server has another offset, and repeats a piece damaged on the way", async () => {
    const entry = await put([2_000_000]);
    const faults = [{ status: 409, code: "upload-offset" }, { status: 460, code: "checksum-mismatch" }];
    door.fault = (request, response) => {
      const fault = request.method === "PATCH" ? faults.shift() : undefined;
      if (fault) answer(response, fault.status, { code: fault.code, message: "", details: {} });
      return fault !== undefined;
    };
    await send();
    expect((await read(entry)).stage).toBe("done");
  });

  it("sends a photo in pieces from its own copy when it was damaged or broken off on its way as a whole", async () => {
    for (const fault of ["damaged", "broken"]) {
      const entry = await put([10_000 + fault.length]);
      let spoilt = false;
      door.fault = (request, response) => {
        if (request.headers["content-type"] !== "application/offset+octet-stream" || spoilt) return false;
        spoilt = true;
        if (fault === "broken") response.destroy();
        else answer(response, 460, { code: "checksum-mismatch", message: "", details: {} });
        return true;
      };
      door.requests.length = 0;
      await send();
      if (fault === "broken") expect(await read(entry)).toMatchObject({ stage: "files", last_error: "unreachable" });
      await send();
      expect((await read(entry)).stage).toBe("done");
      expect(door.count("POST /door/files")).toBe(2);
      expect(door.count("PATCH")).toBe(1);
    }
  });

  it("sends no byte of a file that the server already has", async () => {
    const entry = await put([50_000]);
    const [file] = entry.files;
    const blob = (await database.bytes.get(file!.sha256))!.blob;
    door.files.set(file!.sha256, Buffer.from(await blob.arrayBuffer()));
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(door.count("PATCH")).toBe(0);
  });

  it("is sent again when the server no longer knows it", async () => {
    const entry = await put([1_000]);
    door.fault = (request) => {
      if (request.method !== "GET") return false;
      door.entries.clear();
      door.fault = () => false;
      return false;
    };
    await send();
    expect((await read(entry)).stage).toBe("entry");
    await send();
    expect((await read(entry)).stage).toBe("done");
  });
});

describe("an entry that cannot go now", () => {
  it("waits as long as a busy server asks", async () => {
    const entry = await put();
    door.fault = (_, response) => {
      answer(response, 503, { code: "door-busy", message: "", details: {} }, { "Retry-After": "60" });
      return true;
    };
    const before = Date.now();
    await send();
    const { next_at: nextAt, stage } = await read(entry);
    expect(stage).toBe("entry");
    expect(nextAt - before).toBeGreaterThanOrEqual(60_000);
    door.fault = () => false;
    await sendSoon();
    expect((await read(entry)).stage).toBe("entry");
    await send();
    expect((await read(entry)).stage).toBe("done");
  });

  it("renews an expired token silently", async () => {
    const entry = await put();
    door.tokens.clear();
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(signInNeeded.value).toBe(false);
  });

  it("is kept when the session has ended too, and the person is asked to sign in", async () => {
    const entry = await put();
    door.tokens.clear();
    door.sessionOpen = false;
    await send();
    expect(await read(entry)).toMatchObject({ stage: "entry", problem: null });
    expect(signInNeeded.value).toBe(true);
    door.sessionOpen = true;
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(signInNeeded.value).toBe(false);
  });

  it("is not sent in the name of somebody else who signs in on the same phone", async () => {
    const entry = await put();
    door.tokens.clear();
    door.userId = 8;
    await send();
    await send();
    expect((await read(entry)).stage).toBe("entry");
    expect(door.entries.size).toBe(0);
  });

  it("does not believe an answer that is not the server's", async () => {
    const entry = await put();
    door.fault = (_, response) => {
      response.writeHead(200, { "Content-Type": "text/html" }).end("<h1>Hotel Wi-Fi</h1>");
      return true;
    };
    await send();
    expect(await read(entry)).toMatchObject({ stage: "entry", last_error: "unreachable" });
    door.fault = (_, response) => {
      response.writeHead(302, { Location: "/sign-in/" }).end();
      return true;
    };
    await send();
    expect((await read(entry)).stage).toBe("entry");
  });
});

describe("an entry that needs a person", () => {
  it("never holds up the others", async () => {
    const bad = await put([], "坏的");
    const good = await put([], "好的");
    door.entries.set(bad.id, { body: "other", copies: 1 });
    await send();
    expect(await read(bad)).toMatchObject({ stage: "refused", problem: { code: "entry-differs" } });
    expect((await read(good)).stage).toBe("done");
  });

  it("keeps the server's reason and can be offered again unchanged", async () => {
    const entry = await put();
    const details = { at: "$.payload.findings[0].wording", reason: "too short" };
    door.fault = (request, response) => {
      if (request.url !== "/door/entries") return false;
      answer(response, 400, { code: "entry-malformed", message: "格式不符", details });
      return true;
    };
    await send();
    expect((await read(entry)).problem).toEqual({ code: "entry-malformed", message: "格式不符", at: details.at });
    door.fault = () => false;
    await offerAgain(entry.id);
    expect(await read(entry)).toMatchObject({ stage: "done", body: entry.body });
  });

  it("is shown as delivered and quarantined, with the reason", async () => {
    const entry = await put();
    door.quarantineReason = "finding-moved";
    await send();
    expect(await read(entry)).toMatchObject({ stage: "done", server_state: "quarantined", reason: "finding-moved" });
  });

  it("says so when a photo is gone from the phone, after sending the rest", async () => {
    const entry = await put([1_000, 2_000]);
    await database.bytes.delete(entry.files[0]!.sha256);
    await send();
    const row = await read(entry);
    expect(row).toMatchObject({ stage: "refused", problem: { code: "bytes-missing" } });
    expect(door.files.has(entry.files[1]!.sha256)).toBe(true);
  });
});

describe("the rhythm of sending", () => {
  it("never sends twice at once, however often it is asked", async () => {
    const entry = await put([5_000]);
    await Promise.all([send(), send(), sendSoon(), send()]);
    await send();
    expect(door.entries.get(entry.id)?.copies).toBe(1);
  });

  it("lets only one window hold the lease, and frees it afterwards", async () => {
    let inside = 0;
    const work = async () => {
      inside += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    expect(await Promise.all([whileLeased(work), whileLeased(work)])).toEqual([true, false]);
    expect(inside).toBe(1);
    expect(await whileLeased(work)).toBe(true);
  });

  it("does not honour a lease from a clock that ran years ahead", async () => {
    await database.leases.put({ name: "dudao-outbox", holder: "old", until: Date.now() + 1e11 });
    expect(await whileLeased(() => Promise.resolve())).toBe(true);
  });

  it("waits longer each time, but never past five minutes", () => {
    const row = newEntry({ id: "1", owner: 1, kind: "visit", title: "", body: "", made_at: "", files: [] });
    noteFailure(row, new Unreachable("x"), 0);
    expect(row.next_at).toBeLessThan(6_000);
    for (let tries = 0; tries < 20; tries += 1) noteFailure(row, new Busy(null), 0);
    expect(row.next_at).toBeLessThanOrEqual(300_000);
    expect(isDue(row, 300_001)).toBe(true);
  });

  it("is not held up by a waiting time from a clock set back since", () => {
    const row = newEntry({ id: "1", owner: 1, kind: "visit", title: "", body: "", made_at: "", files: [] });
    row.next_at = Date.parse("2031-01-01");
    expect(isDue(row, Date.parse("2026-01-01"))).toBe(true);
  });

  it("reads both forms of Retry-After", () => {
    expect(retryAfterMs("7")).toBe(7_000);
    expect(retryAfterMs("Sun, 22 Nov 2026 00:01:00 GMT", Date.parse("2026-11-22T00:00:00Z"))).toBe(60_000);
    expect(retryAfterMs(null)).toBeNull();
  });

  it("notices a clock that is years wrong, and sends all the same", async () => {
    await writeKept("clock-skew", 0);
    const entry = await put();
    door.fault = (request, response) => {
      if (request.method !== "GET") return false;
      const { payload } = JSON.parse(entry.body) as { payload: { manifest: [] } };
      const body = { id: entry.id, received_at: "", state: "projected", files: payload.manifest, complete: true };
      answer(response, 200, { ...body, server_time: "2031-01-01T00:00:00Z" });
      return true;
    };
    await send();
    expect((await read(entry)).stage).toBe("done");
    expect(Math.abs(clockSkew.value)).toBeGreaterThan(86_400_000);
  });
});

describe("an app that is opened again", () => {
  it("tries at once what was put off while there was no network", async () => {
    vi.stubGlobal("window", { addEventListener: () => undefined });
    Object.assign(document, { addEventListener: () => undefined });
    const clock = vi.spyOn(globalThis, "setInterval").mockReturnValue(0 as never);
    const { id } = await put();
    await changeEntry(id, (row) => { row.tries = 6; row.next_at = Date.now() + 4 * 60_000; });
    await sendSoon();
    expect(door.entries.has(id)).toBe(false);
    watchForChances();
    await vi.waitFor(async () => expect((await database.outbox.get(id))?.stage).toBe("done"));
    clock.mockRestore();
  });
});
