import type { KnipConfig } from "knip"

export default {
  workspaces: {
    ".": { entry: ["scripts/*.mjs", "rolldown.base.ts"] },
    "packages/emulator": { entry: "src/server/main.ts" },
    "apps/*": { entry: "src/main.ts" },
    "apps/mcp-http": { entry: ["src/main.ts", "src/testing/conformance/fixture-server.ts"] },
    // The programs of somebody else, copied beside the packed libraries.
    tests: { entry: ["**/*.test.ts", "embed/consumer/*.ts"] }
  },
  // Asked for by the root and the scenarios so that their programs are linked and built, not for their code.
  ignoreDependencies: [
    "@klingkit/cli",
    "klingkit-mcp",
    "klingkit-mcp-http",
    "pnpm",
    "@effect/language-service",
    // Programs that the tests start.
    "mcp-conformance",
    "mcp-conformance-v1"
  ],
  // A type that its own file uses may be exported for those who read the declarations.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // The catalogue takes each family's file as a whole: what it exports is in use.
  ignoreIssues: { "packages/core/src/operations/*.ts": ["exports", "nsExports"] },
  // Of the operating system.
  ignoreBinaries: ["mkfifo", "prlimit"]
} satisfies KnipConfig
