/** The PIN over the phone's store: what lies on the disk, who opens it, and that nothing is lost on the way in or out. */
import Dexie from "dexie";
import { beforeEach, describe, expect, it } from "vitest";
import { database, readKept, writeKept } from "../field/local/database";
import { DraftWriter } from "../field/local/draft";
import { bytesOf, evidenceOf, keepEvidence } from "../field/local/evidence";
import { exportUnsent } from "../field/local/export";
import { isSealing, Locked, useKey } from "../field/local/sealing";
import { beginSealing, choosePin, leave, openWithCopy, recallVault, sweep, unlock, vault } from "../field/local/vault";
import { changeEntry, newEntry } from "../field/outbox/entry";
import { phoneAt } from "./phone";

const RULE = { digits: 6, lock_minutes: 5, tries: 3 };
const ME = { id: 7, name: "周敏" };
const SECRET = "泰山学校食堂后厨";
let copy = "";
const keep = (given: string): Promise<void> => { copy = given; return Promise.resolve(); };

/** The rows as they lie on the disk, whatever the app makes of them. */
async function onDisk(table: string): Promise<Record<string, unknown>[]> {
  const raw = new Dexie("dudao-field");
  await raw.open();
  const rows = await raw.table<Record<string, unknown>>(table).toArray();
  raw.close();
  return rows;
}

const told = async (): Promise<string> => {
  const tables = ["bundles", "visits", "verifications", "evidence", "outbox", "kept"];
  return JSON.stringify((await Promise.all(tables.map(onDisk))).flat());
};

/** The app was closed, and is opened again. */
async function reopened(): Promise<boolean> {
  useKey(null, false);
  vault.value = null;
  return recallVault();
}

const visit = (id: string, narrative = SECRET) => ({ id, owner: 7, unit: "unit", stage: "open", narrative, revision: 1, changed_at: "" }) as never;

async function work(): Promise<void> {
  await database.visits.bulkAdd(Array.from({ length: 45 }, (_, n) => visit(`visit-${String(n).padStart(2, "0")}`)));
  await database.verifications.add({ id: "v", owner: 7, finding: "f", stage: "open", facts: SECRET } as never);
  await database.bundles.put({ owner: 7, etag: "", body: { secret: SECRET } as never, loadedAt: "" });
  await database.outbox.add(newEntry({ id: "entry", owner: 7, kind: "visit", title: SECRET, body: SECRET, made_at: "2026", files: [] }));
  await writeKept("session", { token: SECRET, user: ME });
  await writeKept("alarm-draft:7", { what: SECRET });
  await writeKept("language", "zh");
  await keepEvidence(new Blob([SECRET.repeat(60_000)], { type: "image/jpeg" }), { draft: "visit-00", role: "photo", item: "", finding: "", name: `${SECRET}.jpg` });
}

async function allIsThere(): Promise<void> {
  expect((await database.visits.toArray()).map((one) => one.narrative)).toEqual(Array(45).fill(SECRET));
  expect((await database.verifications.get("v"))?.facts).toBe(SECRET);
  expect((await database.bundles.get(7))?.body).toEqual({ secret: SECRET });
  expect((await database.outbox.get("entry"))?.body).toBe(SECRET);
  expect(await readKept("session")).toEqual({ token: SECRET, user: ME });
  const [photo] = await evidenceOf("visit-00");
  expect(photo?.name).toBe(`${SECRET}.jpg`);
  const blob = await bytesOf(photo!.sha256);
  expect(blob?.type).toBe("image/jpeg");
  expect(blob?.size).toBe(photo!.size);
  expect((await blob!.text()) === SECRET.repeat(60_000)).toBe(true);
}

async function isReadableOnDisk(): Promise<boolean> {
  const [bytes] = (await onDisk("bytes")) as unknown as { blob: Blob }[];
  return (await told()).includes(SECRET) || (await bytes!.blob.text()).includes(SECRET);
}

beforeEach(async () => {
  phoneAt("http://127.0.0.1:9");
  useKey(null, false);
  vault.value = null;
  await Promise.all(database.tables.map((table) => table.clear()));
  await work();
});

describe("turned on", () => {
  it("seals what exists and what comes, drafts, outbox, month and photos alike, and reads it all", async () => {
    await beginSealing("246810", RULE, ME, keep);
    await allIsThere();
    await database.visits.add(visit("later"));
    expect(await isReadableOnDisk()).toBe(false);
    expect(await told()).toContain("zh");
    expect(copy).not.toBe("");
  });

  it("changes nothing for those who read and write: by index, by filter, in order, within one transaction", async () => {
    await beginSealing("246810", RULE, ME, keep);
    await database.outbox.add(newEntry({ id: "second", owner: 7, kind: "alarm", title: "b", body: "b", made_at: "2025", files: [] }));
    await changeEntry("entry", (row) => { row.stage = "done"; row.tries = 4; });
    expect((await database.outbox.where("owner").equals(7).reverse().sortBy("made_at")).map((one) => one.id)).toEqual(["entry", "second"]);
    expect((await database.outbox.where("stage").anyOf("entry", "done").toArray()).map((one) => one.id).sort()).toEqual(["entry", "second"]);
    expect(await database.outbox.filter((one) => one.tries === 4).primaryKeys()).toEqual(["entry"]);
    expect(await database.outbox.filter((one) => one.tries === 4).count()).toBe(1);
    const seen: string[] = [];
    await database.outbox.each((one) => seen.push(one.body));
    expect(seen).toEqual([SECRET, "b"]);
    await database.outbox.update("second", { title: "renamed" });
    expect((await database.outbox.get("second"))?.title).toBe("renamed");
    await database.visits.where("stage").equals("open").modify((one) => { one.narrative = "changed"; });
    expect(new Set((await database.visits.reverse().toArray()).map((one) => one.narrative))).toEqual(new Set(["changed"]));
    expect((await database.visits.orderBy("id").reverse().filter(() => true).first())?.id).toBe("visit-44");
    await database.evidence.where("draft").equals("visit-00").filter((one) => one.role === "photo").delete();
    expect(await evidenceOf("visit-00")).toEqual([]);
    expect(JSON.parse(await (await exportUnsent()).text())).toMatchObject({ drafts: { verifications: [{ facts: SECRET }] } });
  });

  it("saves every keystroke sealed, and notices another window as before", async () => {
    await beginSealing("246810", RULE, ME, keep);
    const draft = (await database.visits.get("visit-00"))!;
    let taken: typeof draft | undefined;
    const writer = new DraftWriter(database.visits, () => draft, (theirs) => { taken = theirs; });
    writer.knows(draft.revision);
    for (const letter of "一二三四五六七八九十") {
      draft.narrative += letter;
      writer.changed();
    }
    await writer.settled();
    expect((await database.visits.get("visit-00"))?.narrative).toBe(`${SECRET}一二三四五六七八九十`);
    await database.visits.update("visit-00", { revision: 99, narrative: "theirs" });
    draft.narrative += "。";
    writer.changed();
    await writer.settled();
    expect(taken?.narrative).toBe("theirs");
    expect(await isReadableOnDisk()).toBe(false);
  });

  it("begins only when the server holds a copy of the key", async () => {
    await expect(beginSealing("246810", RULE, ME, () => Promise.reject(new Error("no network")))).rejects.toThrow("no network");
    expect(await reopened()).toBe(false);
    await allIsThere();
  });
});

describe("locked", () => {
  beforeEach(() => beginSealing("246810", RULE, ME, keep));

  it("gives nothing away, and opens with the PIN", async () => {
    expect(await reopened()).toBe(true);
    await expect(database.visits.toArray()).rejects.toThrow(Locked);
    expect(await unlock("246810")).toBeNull();
    await allIsThere();
    expect(isSealing()).toBe(true);
  });

  it("counts wrong PINs over restarts, forgets them after a right one, and in the end asks for signing in anew; nothing goes", async () => {
    await reopened();
    expect(await unlock("000000")).toBe(2);
    await reopened();
    expect(await unlock("111111")).toBe(1);
    expect(await unlock("246810")).toBeNull();
    await reopened();
    for (const left of [2, 1, 0]) expect(await unlock("999999")).toBe(left);
    expect(await unlock("246810")).toBe(0);
    await reopened();
    expect(vault.value?.wrapped).toBeNull();
    expect(await unlock("246810")).toBe(0);
    await openWithCopy(copy);
    await choosePin("135790", RULE, ME);
    await allIsThere();
    await reopened();
    expect(await unlock("246810")).toBe(2);
    expect(await unlock("135790")).toBeNull();
    await allIsThere();
  });

  it("is of no use away from this phone: neither wrapped key nor the server's copy opens without the phone's own key", async () => {
    const held = (await readKept<NonNullable<typeof vault.value>>("vault"))!;
    expect(held.device.extractable).toBe(false);
    const other = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await reopened();
    await writeKept("vault", { ...held, device: other });
    await recallVault();
    await expect(openWithCopy(copy)).rejects.toThrow();
    expect(await unlock("246810")).toBe(2);
  });
});

describe("turned off", () => {
  it("opens what exists, and asks for no PIN any more", async () => {
    await beginSealing("246810", RULE, ME, keep);
    await leave();
    expect(await isReadableOnDisk()).toBe(true);
    expect(await told()).not.toContain("sealed");
    expect(await reopened()).toBe(false);
    await allIsThere();
  });

  it("still reads what a window that knew no better has sealed, also when it is turned on again", async () => {
    await beginSealing("246810", RULE, ME, keep);
    await leave();
    useKey(vault.value!.open!, true);
    await database.visits.update("visit-00", { revision: 2 });
    await reopened();
    await allIsThere();
    await beginSealing("135790", RULE, ME, keep);
    await reopened();
    expect(await unlock("135790")).toBeNull();
    await allIsThere();
  });
});

/** Every write of the store may be the last one before the battery is empty. Whether it was done nevertheless. */
async function killedAfter(writes: number, what: () => Promise<void>): Promise<boolean> {
  const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, "put")!;
  let done = 0;
  IDBObjectStore.prototype.put = function (...given) {
    done += 1;
    if (done > writes) {
      this.transaction.abort();
      throw new Error("killed");
    }
    return (put.value as typeof this.put).apply(this, given);
  };
  try {
    await what();
    return true;
  } catch {
    return false;
  } finally {
    Object.defineProperty(IDBObjectStore.prototype, "put", put);
  }
}

describe("killed in the middle", () => {
  it.each([0, 1, 2, 7, 22, 48, 52, 54])("of turning on, after %i writes: all is there, and it goes on", async (writes) => {
    expect(await killedAfter(writes, () => beginSealing("246810", RULE, ME, keep))).toBe(false);
    if (await reopened()) {
      expect(await unlock("246810")).toBeNull();
      await sweep();
      expect(await isReadableOnDisk()).toBe(false);
    }
    await allIsThere();
  });

  it.each([0, 1, 2, 7, 22, 48, 52, 54])("of turning off, after %i writes: all is there, and it goes on", async (writes) => {
    await beginSealing("246810", RULE, ME, keep);
    expect(await killedAfter(writes, leave)).toBe(false);
    if (await reopened()) {
      expect(await unlock("246810")).toBeNull();
      await sweep();
      if (vault.value?.mode === "on") await leave();
    }
    expect(await isReadableOnDisk()).toBe(true);
    await allIsThere();
  });
});
