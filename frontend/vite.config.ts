import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const VERSION: string = JSON.parse(readFileSync(here("package.json"), "utf8")).version;

/** One sprite for server-rendered pages: <use href="/static/built/icons.svg#home">. */
function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    apply: "build",
    generateBundle() {
      const folder = here("shared/icons/");
      const symbols = readdirSync(folder)
        .filter((name) => name.endsWith(".svg"))
        .sort()
        .map((name) => toSymbol(name.replace(/\.svg$/, ""), readFileSync(folder + name, "utf8")));
      const source = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
    },
  };
}

function toSymbol(id: string, svg: string): string {
  const drawing = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").trim();
  const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${id}" viewBox="0 0 24 24" ${stroke}>${drawing}</symbol>`;
}

export default defineConfig({
  root: here("."),
  base: "/static/built/",
  publicDir: here("static"),
  plugins: [vue(), iconSprite()],
  define: {
    __APP_VERSION__: JSON.stringify(VERSION),
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
  },
  build: {
    outDir: here("../src/dudao/static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: ["es2020", "chrome87", "safari14"],
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: {
        office: here("office/main.ts"),
        public: here("public/main.css"),
        field: here("field/main.ts"),
        editor: here("editor/main.ts"),
        preview: here("preview/main.ts"),
      },
    },
  },
});
