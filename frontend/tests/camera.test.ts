/** What is kept as a photo when the browser itself cannot show it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { preparePhoto } from "../field/device/camera";

/** A browser that shows none of the pictures it is given. */
class BlindImage {
  src = "";
  decode(): Promise<void> {
    return Promise.reject(new DOMException("cannot decode", "EncodingError"));
  }
}

const HEADS: [string, string][] = [
  ["JPEG", "\xff\xd8\xff\xe0"],
  ["PNG", "\x89PNG\r\n\x1a\n"],
  ["GIF", "GIF89a"],
  ["WebP", "RIFF\n\0\0\0WEBP"],
  ["HEIC", "\0\0\0\x18ftypheic"],
  ["HEIC of several", "\0\0\0\x18ftyphevc"],
  ["HEIF", "\0\0\0\x18ftypmif1"],
  ["AVIF", "\0\0\0\x18ftypavif"],
];
const file = (text: string, name: string, type: string) => new File([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], name, { type });

describe("a photo this browser cannot show", () => {
  beforeEach(() => vi.stubGlobal("Image", BlindImage));
  afterEach(() => vi.unstubAllGlobals());

  it.each(HEADS)("is kept untouched if it is a %s", async (_, head) => {
    const kept = await preparePhoto(file(`${head} and the rest`, "IMG_1", "image/heic"));
    expect([kept?.size, kept?.type]).toEqual([head.length + 13, "image/heic"]);
  });

  it.each([
    ["a text", "just a text", "bad.jpg", "image/jpeg"],
    ["nothing", "", "empty.jpg", "image/jpeg"],
    ["a video", "\0\0\0\x18ftypisom", "film.jpg", "image/jpeg"],
    ["a PDF", "%PDF-1.7", "paper.png", "image/png"],
  ])("is refused if it is %s under a picture's name", async (_, text, name, type) => {
    await expect(preparePhoto(file(text, name, type))).resolves.toBeNull();
  });
});
