/** Faces covered on the phone: what is painted, what is kept, and what is sent. */
import { beforeEach, describe, expect, it } from "vitest";
import { MOST_BLOCKS, pixelate, type Box } from "../field/device/mosaic";
import { database } from "../field/local/database";
import { besideOriginals, bytesOf, dropEvidence, evidenceOf, keepEvidence, keepMasked, photoCounts, shownOutside } from "../field/local/evidence";
import { visitPayload } from "../field/local/payload";
import { formsOf } from "../field/local/sheets";
import { byKey, drawn, grown, moved, tapped } from "../field/parts/boxes";
import { DEFINITION } from "./instrument";
import { phoneAt } from "./phone";
import { DEFINITIONS, finished, first } from "./visits";

/** A picture in which no two neighbouring pixels are alike. */
function noise(width: number, height: number) {
  const data = new Uint8ClampedArray(width * height * 4);
  let seed = 7;
  for (let at = 0; at < data.length; at += 1) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    data[at] = at % 4 === 3 ? 255 : (seed >> 16) & 255;
  }
  return { data, width, height };
}

type Picture = ReturnType<typeof noise>;
const colour = ({ data, width }: Picture, x: number, y: number) => data.slice((y * width + x) * 4, (y * width + x) * 4 + 4).join();

describe("a mosaic", () => {
  const BOX: Box = { x: 0.25, y: 0.2, width: 0.5, height: 0.6 };

  it("changes every part of the box and nothing outside", () => {
    const [before, after] = [noise(200, 100), noise(200, 100)];
    pixelate(after, [BOX]);
    let same = 0;
    for (let y = 0; y < 100; y += 1) {
      for (let x = 0; x < 200; x += 1) {
        const inside = x >= 50 && x < 150 && y >= 20 && y < 80;
        if (!inside) expect(colour(after, x, y)).toBe(colour(before, x, y));
        else if (colour(after, x, y) === colour(before, x, y)) same += 1;
      }
    }
    expect(same).toBeLessThan(3);
  });

  it.each([[200, 100], [2560, 1920], [31, 977]])("is of few squares, each of one colour, in a picture of %i by %i", (width, height) => {
    const picture = noise(width, height);
    pixelate(picture, [BOX]);
    const [left, top, right, bottom] = [Math.floor(width * 0.25), Math.floor(height * 0.2), Math.ceil(width * 0.75), Math.ceil(height * 0.8)];
    const row = new Set(Array.from({ length: right - left }, (_, n) => colour(picture, left + n, top)));
    const column = new Set(Array.from({ length: bottom - top }, (_, n) => colour(picture, left, top + n)));
    expect(Math.max(row.size, column.size)).toBeGreaterThan(1);
    expect(Math.max(row.size, column.size)).toBeLessThanOrEqual(MOST_BLOCKS);
  });

  it("stays within the picture where a box does not", () => {
    const [before, after] = [noise(40, 40), noise(40, 40)];
    pixelate(after, [{ x: -0.2, y: 0.9, width: 0.4, height: 0.4 }]);
    expect(colour(after, 20, 20)).toBe(colour(before, 20, 20));
    expect(colour(after, 0, 37)).not.toBe(colour(before, 0, 37));
    expect(after.data).toHaveLength(before.data.length);
  });
});

describe("boxes", () => {
  const BOX: Box = { x: 0.7, y: 0.7, width: 0.2, height: 0.2 };

  it("are drawn in any direction and never leave the picture", () => {
    expect(drawn({ x: 0.5, y: 0.5 }, { x: -1, y: 0.75 })).toEqual({ x: 0, y: 0.5, width: 0.5, height: 0.25 });
    expect(moved(BOX, { x: 1, y: -1 })).toEqual({ ...BOX, x: 0.8, y: 0 });
    const large = grown(BOX, { x: 1, y: -1 });
    expect(large.x + large.width).toBeCloseTo(1);
    expect(large.height).toBeGreaterThan(0);
  });

  it("stand around a tap, and keep what was drawn on purpose", () => {
    const square = tapped({ x: 0.5, y: 0.5, width: 0, height: 0 }, { x: 0.5, y: 0.5 }, 2);
    expect(square.width * 2).toBeCloseTo(square.height);
    expect(square.x + square.width / 2).toBeCloseTo(0.5);
    expect(tapped(BOX, { x: 0, y: 0 }, 1)).toBe(BOX);
    expect(tapped(undefined, { x: 1, y: 1 }, 1).x).toBeCloseTo(0.8);
  });

  it("follow the arrow keys", () => {
    expect(byKey(BOX, "ArrowLeft", false)?.x).toBeLessThan(BOX.x);
    expect(byKey(BOX, "ArrowDown", true)?.height).toBeGreaterThan(BOX.height);
    expect(byKey(BOX, "Tab", false)).toBeUndefined();
  });
});

describe("a copy with faces covered", () => {
  const BOXES: Box[] = [{ x: 0.1, y: 0.1, width: 0.2, height: 0.2 }];
  const blob = (text: string) => new Blob([text], { type: "image/jpeg" });

  beforeEach(async () => {
    phoneAt("http://127.0.0.1:9");
    await Promise.all(database.tables.map((table) => table.clear()));
  });

  async function covered() {
    const { visit } = await finished();
    const [original] = (await evidenceOf(visit.id)).filter((one) => one.role === "photo");
    const copy = await keepMasked(original!, { blob: blob("covered"), boxes: BOXES });
    return { visit, original: original!, copy: copy!, evidence: await evidenceOf(visit.id) };
  }

  it("names its original, at its place and of its time, and is sent beside it", async () => {
    const { visit, original, copy, evidence } = await covered();
    expect(copy).toMatchObject({ masks: original.sha256, item: original.item, sheet: original.sheet, captured_at: original.captured_at, role: "photo", boxes: BOXES });
    const { manifest, findings } = visitPayload(visit, formsOf(visit, DEFINITIONS, evidence), evidence);
    const sent = manifest.find((file) => file.sha256 === copy.sha256);
    expect(sent).toMatchObject({ masks: original.sha256, item: "written", sheet: first(visit).id, captured_at: original.captured_at });
    expect(sent).not.toHaveProperty("boxes");
    expect(manifest.find((file) => file.sha256 === original.sha256)).not.toHaveProperty("masks");
    expect(findings[0]!.evidence).toEqual([original.sha256, copy.sha256]);
  });

  it("is no further photo of the item, stands after its original, and before others in its stead", async () => {
    const { visit, original, copy, evidence } = await covered();
    expect(photoCounts(evidence, DEFINITION)).toEqual({ written: 1 });
    const later = await keepEvidence(blob("later"), { draft: visit.id, role: "photo", sheet: original.sheet, item: "written", finding: "", name: "c.jpg" });
    const photos = [later, copy, original];
    expect(besideOriginals(photos)).toEqual([later, original, copy]);
    expect(shownOutside(photos)).toEqual([later, copy]);
  });

  it("is made anew from the original, goes when nothing is covered, and the original's bytes never change", async () => {
    const { visit, original, copy } = await covered();
    const again = await keepMasked(original, { blob: blob("covered more"), boxes: [...BOXES, ...BOXES] });
    const copies = async () => (await evidenceOf(visit.id)).filter((one) => one.masks).map((one) => one.id);
    expect(await copies()).toEqual([again!.id]);
    expect(again!.id).not.toBe(copy.id);
    expect(await keepMasked(original, null)).toBeNull();
    expect(await copies()).toEqual([]);
    expect(await (await bytesOf(original.sha256))?.text()).toBe("photo");
  });

  it("goes with its original, which does not go with it", async () => {
    const { visit, original, copy } = await covered();
    await dropEvidence(copy.id);
    expect((await evidenceOf(visit.id)).some((one) => one.id === original.id)).toBe(true);
    await keepMasked(original, { blob: blob("covered"), boxes: BOXES });
    await dropEvidence(original.id);
    expect((await evidenceOf(visit.id)).filter((one) => one.role === "photo")).toEqual([]);
  });
});
