/** Faces covered by a mosaic so coarse that nobody can be told from it. The photo itself stays as it is. */

/** In parts of the picture's width and height, so that it holds at every size. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What canvases give and take. */
export type Pixels = Pick<ImageData, "data" | "width" | "height">;

/** Across the longer side of a box: a face of so few squares is nobody's. */
export const MOST_BLOCKS = 8;
/** Pixels of a square's side at least: a small face has few to begin with. */
const LEAST_SIDE = 8;
const QUALITY = 0.85;

/** Paints every box of the picture in squares of one colour each, their mean; nothing outside changes. */
export function pixelate(picture: Pixels, boxes: Box[]): void {
  for (const box of boxes) {
    const left = within(Math.floor(box.x * picture.width), picture.width);
    const top = within(Math.floor(box.y * picture.height), picture.height);
    const right = within(Math.ceil((box.x + box.width) * picture.width), picture.width);
    const bottom = within(Math.ceil((box.y + box.height) * picture.height), picture.height);
    const side = Math.max(LEAST_SIDE, Math.ceil(Math.max(right - left, bottom - top) / MOST_BLOCKS));
    for (let y = top; y < bottom; y += side) {
      for (let x = left; x < right; x += side) flatten(picture, x, y, Math.min(x + side, right), Math.min(y + side, bottom));
    }
  }
}

const within = (at: number, end: number): number => Math.min(Math.max(at, 0), end);

function flatten({ data, width }: Pixels, left: number, top: number, right: number, bottom: number): void {
  for (let colour = 0; colour < 3; colour += 1) {
    const at = (x: number, y: number) => (y * width + x) * 4 + colour;
    let sum = 0;
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += data[at(x, y)] ?? 0;
    const mean = sum / ((right - left) * (bottom - top));
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) data[at(x, y)] = mean;
  }
}

/** The copy of a photo with these boxes covered, as a JPEG without anything of the camera's; null when the phone cannot. */
export async function maskedCopy(photo: HTMLImageElement, boxes: Box[]): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = photo.naturalWidth;
  canvas.height = photo.naturalHeight;
  const pen = canvas.getContext("2d");
  if (!pen || !canvas.width) return null;
  pen.drawImage(photo, 0, 0);
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
  pixelate(picture, boxes);
  pen.putImageData(picture, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

interface Detector {
  detect(photo: HTMLImageElement): Promise<{ boundingBox: DOMRectReadOnly }[]>;
}

/** What the browser itself takes for faces, where it can tell; a suggestion, never more. */
export async function suggestedFaces(photo: HTMLImageElement): Promise<Box[]> {
  const { FaceDetector } = globalThis as { FaceDetector?: new () => Detector };
  if (!FaceDetector) return [];
  try {
    const faces = await new FaceDetector().detect(photo);
    return faces.map(({ boundingBox: { x, y, width, height } }) => ({
      x: x / photo.naturalWidth, y: y / photo.naturalHeight, width: width / photo.naturalWidth, height: height / photo.naturalHeight,
    }));
  } catch {
    // Some browsers name the interface and have nothing behind it: the person draws the boxes.
    return [];
  }
}
