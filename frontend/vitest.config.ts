import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __APP_VERSION__: '"test"' },
  test: { include: ["tests/**/*.test.ts"], setupFiles: ["fake-indexeddb/auto"], environment: "node", testTimeout: 20_000 },
});
