import { defineConfig } from "rolldown"
import { bundle } from "../../rolldown.base.ts"

const [main] = bundle({ main: "src/main.ts" }, ["@klingkit/emulator"])

// What only one command needs (the demo's MCP client) becomes a file of its own, so that the others start without it.
export default defineConfig({
  ...main,
  output: {
    dir: "dist",
    cleanDir: true,
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name].mjs",
    format: "esm",
    minify: true,
    codeSplitting: true
  }
})
