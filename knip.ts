import { globSync, readFileSync } from "node:fs"
import type { KnipConfig } from "knip"

/** A room that is only founded: one file with one line. Nothing in it could be unused. */
const isEmpty = (room: string): boolean =>
  globSync(`${room}/src/**/*.ts`).every(
    (file, index) => index === 0 && !readFileSync(file, "utf8").trim().includes("\n")
  )

export default {
  workspaces: {
    ".": { entry: ["scripts/*.mjs", "rolldown.base.ts"] },
    "packages/emulator": { entry: "src/server/main.ts" },
    "apps/*": { entry: "src/main.ts" },
    // The programs of somebody else, copied beside the packed core.
    tests: { entry: ["**/*.test.ts", "embed/consumer/*.ts"] }
  },
  // Asked for by the root and the scenarios so that their programs are linked and built, not for their code.
  ignoreDependencies: ["@klingkit/cli", "klingkit-mcp", "klingkit-mcp-http", "pnpm"],
  // A type that its own file uses may be exported for those who read the declarations.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreWorkspaces: globSync("{packages,apps}/*").filter(isEmpty)
} satisfies KnipConfig
