import { bundle } from "../../rolldown.base.ts"

// What only one command needs (the demo's MCP client) is a file of its own, so that the others start without it.
export default bundle({ main: "src/main.ts" }, ["@klingkit/emulator"]).map((options) => ({
  ...options,
  output: { ...options.output, cleanDir: true, codeSplitting: true, chunkFileNames: "[name].mjs" }
}))
