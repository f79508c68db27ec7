// tus-js-client sends a file that is broken off again and again, in the middle of pieces, and goes on where it stopped.
// Told on standard input: {frontend, endpoint, token, path, metadata, pieces, breaks}. Says {url, offsets} when all is there.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const told = JSON.parse(readFileSync(0, "utf8"));
const tus = createRequire(`${told.frontend}/package.json`)("tus-js-client");
const content = readFileSync(told.path);
const offsets = [];
let url = null;
let breaks = told.breaks;

function send() {
  return new Promise((resolve, reject) => {
    const from = offsets.at(-1) ?? 0;
    const upload = new tus.Upload(content, {
      endpoint: told.endpoint,
      uploadUrl: url,
      chunkSize: told.pieces,
      metadata: told.metadata,
      headers: { Authorization: `Bearer ${told.token}` },
      retryDelays: [50, 100, 200],
      onUploadUrlAvailable: () => { url = upload.url; },
      onProgress: (sent) => {
        if (breaks === 0 || !url || sent < from + told.pieces * 1.5) return;
        breaks -= 1;
        offsets.push(sent);
        void upload.abort().then(() => { resolve(false); }, reject);
      },
      onError: reject,
      onSuccess: () => { resolve(true); },
    });
    upload.start();
  });
}

while (!(await send()));
console.log(JSON.stringify({ url, offsets }));
