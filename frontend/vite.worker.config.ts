import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUILT = here("../src/dudao/static/built/");
const BASE = "/static/built/";

interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
  imports?: string[];
  dynamicImports?: string[];
}

/** Every built file the field app may ask for, late-loaded parts included. */
function filesOfField(): string[] {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(BUILT + "manifest.json", "utf8"));
  const files = new Set<string>(["field.webmanifest"]);
  const seen = new Set<string>();
  const visit = (key: string) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next);
  };
  visit("field/main.ts");
  for (const icon of readdirSync(BUILT + "icons")) files.add(`icons/${icon}`);
  return [...files].sort();
}

function versionOf(files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(BUILT + file));
  return hash.digest("hex").slice(0, 16);
}

const files = filesOfField();

// The worker is built after the app, because it must name the app's finished files.
export default defineConfig({
  root: here("."),
  publicDir: false,
  define: {
    __PRECACHE__: JSON.stringify(files.map((file) => BASE + file)),
    __CACHE_VERSION__: JSON.stringify(versionOf(files)),
  },
  build: {
    outDir: BUILT,
    emptyOutDir: false,
    target: ["es2020", "chrome87", "safari14"],
    rollupOptions: {
      input: here("field/worker/worker.ts"),
      output: { format: "iife", entryFileNames: "field-sw.js" },
    },
  },
});
