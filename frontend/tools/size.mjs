/** Prints the compressed bytes a phone must load before the field app can be used. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 170 * 1024;
const built = fileURLToPath(new URL("../../src/dudao/static/built/", import.meta.url));
const manifest = JSON.parse(readFileSync(built + "manifest.json", "utf8"));

function filesToFirstUse(entry) {
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit(entry);
  return [...files];
}

const sizes = filesToFirstUse("field/main.ts").map((file) => [file, gzipSync(readFileSync(built + file)).length]);
const total = (ending) => sizes.filter(([file]) => file.endsWith(ending)).reduce((sum, [, size]) => sum + size, 0);

for (const [file, size] of sizes) process.stdout.write(`${String(size).padStart(8)}  ${file}\n`);
process.stdout.write(`${String(total(".js")).padStart(8)}  script (budget ${BUDGET})\n`);
process.stdout.write(`${String(total(".css")).padStart(8)}  styles\n`);
if (total(".js") > BUDGET) process.exitCode = 1;
