import { globSync } from "node:fs"
import type { KnipConfig } from "knip"

const rooms = globSync("{packages,apps}/*")

export default {
  workspaces: {
    ".": { entry: ["scripts/*.mjs", "rolldown.base.ts"] },
    "packages/emulator": { entry: "src/server/main.ts" },
    "apps/*": { entry: "src/main.ts" },
    tests: { entry: "**/*.test.ts" }
  },
  // Asked for by the root and the scenarios so that their programs are linked and built, not for their code.
  ignoreDependencies: ["@klingkit/cli", "klingkit-mcp", "klingkit-mcp-http", "pnpm"],
  // A type that its own file uses may be exported for those who read the declarations.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // A room that is only founded has nothing that could be unused.
  ignoreWorkspaces: rooms.filter((room) => globSync(`${room}/src/**/*.ts`).length === 1)
} satisfies KnipConfig
