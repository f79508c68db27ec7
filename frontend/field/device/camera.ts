/** Makes a photo small enough to keep and send. What comes out is what is hashed, kept and uploaded, byte for byte. */

const LONG_EDGE = 2560;
const QUALITY = 0.85;
/** A picture below both limits stays as the camera wrote it. */
const KEEP_AS_IS_BYTES = 3 * 1024 * 1024;
const KNOWN_TYPES = ["image/jpeg", "image/png", "image/webp"];

/** How many bytes tell a picture by its signature. */
const HEAD_BYTES = 16;
const SIGNATURES = [/^\xff\xd8\xff/, /^\x89PNG\r\n\x1a\n/, /^GIF8[79]a/, /^RIFF[^]{4}WEBP/, /^[^]{4}ftyp(hei|hev|mif1|msf1|avi[fs])/];

/** Null for what is no picture, whatever its name says. */
export async function preparePhoto(file: File): Promise<Blob | null> {
  const picture = await decode(file);
  // A format this browser cannot show (HEIC on some) is kept untouched; the server can read more than we can.
  if (!picture) return (await looksLikePicture(file)) ? asBlob(file) : null;
  const longEdge = Math.max(picture.naturalWidth, picture.naturalHeight);
  if (longEdge <= LONG_EDGE && file.size <= KEEP_AS_IS_BYTES && KNOWN_TYPES.includes(file.type)) return asBlob(file);
  return (await redraw(picture, Math.min(1, LONG_EDGE / longEdge))) ?? asBlob(file);
}

async function looksLikePicture(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return SIGNATURES.some((signature) => signature.test(String.fromCharCode(...head)));
}

/** The picker's File may vanish with the picker; a Blob of its bytes does not. */
async function asBlob(file: File): Promise<Blob> {
  return new Blob([await file.arrayBuffer()], { type: file.type || "application/octet-stream" });
}

async function decode(file: File): Promise<HTMLImageElement | null> {
  const url = URL.createObjectURL(file);
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    return picture;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function redraw(picture: HTMLImageElement, scale: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
