import { describe, expect, it } from "vitest"
import { borderProblems, borders, type Entries } from "./borders.ts"
import { workspaceEntries } from "./manifests.ts"
import { sourceFile, sourceFiles } from "./source-file.ts"

const entries: Entries = { "@klingkit/core": ["@klingkit/core"], "@klingkit/emulator": ["@klingkit/emulator"] }
const problems = (path: string, text: string) => borderProblems(sourceFile(path, text), entries)

describe("borders between the rooms", () => {
  it("are kept by every file", () => {
    expect(sourceFiles().flatMap((file) => borderProblems(file, workspaceEntries()))).toEqual([])
  })

  it("exist for every room", () => {
    const rooms = new Set(sourceFiles().map((file) => file.room))
    expect([...rooms].toSorted()).toEqual(Object.keys(borders).toSorted())
  })

  it.each([
    ["packages/core/src/a.ts", `import { z } from "zod"`],
    ["packages/core/src/a.ts", `import { readFile } from "node:fs"`],
    ["packages/core/src/a.ts", `import type { Job } from "@klingkit/jobs"`],
    ["packages/core/src/a.test.ts", `import { emulator } from "@klingkit/emulator"`],
    ["packages/core/src/a.ts", `import { TestClock } from "effect/testing"`],
    ["packages/jobs/src/a.ts", `import { DatabaseSync } from "node:sqlite"`],
    ["packages/jobs/src/ledger/a.ts", `import { readFileSync } from "node:fs"`],
    ["packages/jobs/src/submit/a.ts", `import { nodeFileHost } from "@klingkit/media/node"`],
    ["packages/jobs/src/a.ts", `import { sampleVideo } from "@klingkit/media/testing"`],
    ["packages/media/src/a.ts", `import type { Job } from "@klingkit/jobs"`],
    ["packages/media/src/files/a.ts", `import { request } from "node:https"`],
    ["packages/media/src/inputs/a.ts", `import { Input } from "mediabunny"`],
    ["packages/emulator/src/a.ts", `import { probeMedia } from "@klingkit/media"`],
    ["packages/jobs/src/sqlite/a.ts", `import * as PgClient from "@effect/sql-pg/PgClient"`],
    ["packages/jobs/src/a.ts", `import { emulator } from "@klingkit/emulator"`],
    ["packages/tools/src/a.ts", `import { McpServer } from "@modelcontextprotocol/server"`],
    ["packages/tools/src/a.ts", `import { Command } from "effect/cli"`],
    ["packages/mcp/src/a.ts", `import { z } from "zod"`],
    ["packages/mcp/src/a.ts", `import { Client } from "@modelcontextprotocol/client"`],
    ["packages/emulator/src/media/a.ts", `import { readFileSync } from "node:fs"`],
    ["packages/emulator/src/a.ts", `import { NodeHttpServer } from "@effect/platform-node"`],
    ["packages/emulator/src/a.ts", `import { tools } from "@klingkit/tools"`],
    ["apps/mcp-stdio/src/a.ts", `import { Command } from "effect/cli"`],
    ["apps/mcp-http/src/a.ts", `import { run } from "@klingkit/cli"`],
    ["apps/cli/src/a.ts", `import { z } from "zod"`],
    ["tests/embed/consumer/a.ts", `import { parseJson } from "@klingkit/core/internal"`],
    ["packages/core/src/a.ts", `export const later = () => import("zod")`],
    ["packages/core/src/a.ts", `export const later = (name: string) => import(name)`]
  ])("%s must not contain %s", (path, text) => {
    expect(problems(path, text)).toEqual([expect.stringContaining("is outside of the border of")])
  })

  it.each([
    ["packages/core/src/a.ts", `import { Effect } from "effect"\nimport { HttpClient } from "effect/http"`],
    ["packages/core/src/a.test.ts", `import { it } from "@effect/vitest"\nimport { TestClock } from "effect/testing"`],
    ["packages/jobs/src/a.test.ts", `import { emulator } from "@klingkit/emulator"`],
    ["packages/jobs/src/sqlite/a.ts", `import { DatabaseSync } from "node:sqlite"`],
    ["packages/jobs/src/a.test.ts", `import { sampleVideo } from "@klingkit/media/testing"`],
    ["packages/jobs/src/node/a.ts", `import { nodeFileHost } from "@klingkit/media/node"`],
    ["packages/media/src/node/a.ts", `import { statfs } from "node:fs/promises"`],
    ["packages/jobs/src/postgres/a.ts", `import * as PgClient from "@effect/sql-pg/PgClient"`],
    ["packages/tools/src/a.ts", `import { z } from "zod"`],
    ["packages/emulator/src/server/a.ts", `import { readFileSync } from "node:fs"`],
    ["apps/cli/src/a.ts", `import { Command } from "effect/cli"`],
    ["apps/mcp-http/test/a.test.ts", `import { Client } from "@modelcontextprotocol/client"`]
  ])("%s may contain %s", (path, text) => {
    expect(problems(path, text)).toEqual([])
  })

  it("allow a package's exports only", () => {
    expect(problems("apps/cli/src/a.ts", `import { Kling } from "@klingkit/core/client"`)).toEqual([
      `apps/cli/src/a.ts:1: "@klingkit/core/client" is not among the exports of @klingkit/core`
    ])
  })

  it("cannot be bypassed by a relative path", () => {
    expect(problems("apps/cli/src/a.ts", `import { x } from "../../mcp-stdio/src/x.ts"`)).toEqual([
      expect.stringContaining("leaves its room")
    ])
    expect(problems("apps/cli/src/output/a.ts", `import { x } from "../x.ts"`)).toEqual([])
  })

  it("require the real file extension", () => {
    expect(problems("apps/cli/src/a.ts", `import { x } from "./x.js"`)).toEqual([expect.stringContaining(".ts")])
  })

  it("keep test code out of shipped code", () => {
    expect(problems("packages/core/src/a.ts", `import { fake } from "./testing/fake.ts"`)).toEqual([
      expect.stringContaining("imports test code")
    ])
  })

  it("keep the emulator out of the CLI's startup", () => {
    expect(problems("apps/cli/src/a.ts", `import { serve } from "@klingkit/emulator"`)).toEqual([
      expect.stringContaining("import()")
    ])
    expect(problems("apps/cli/src/a.ts", `export const serve = () => import("@klingkit/emulator")`)).toEqual([])
    expect(problems("apps/cli/src/a.ts", `import type { Emulator } from "@klingkit/emulator"`)).toEqual([])
  })

  it("allow re-exports in the index only", () => {
    const text = `export { a } from "./a.ts"`
    expect(problems("packages/core/src/index.ts", text)).toEqual([])
    expect(problems("packages/core/src/client/index.ts", text)).toEqual([expect.stringContaining("re-exports")])
    expect(problems("packages/core/src/index.ts", `export * from "./a.ts"`)).toEqual([
      expect.stringContaining("name the exports")
    ])
  })
})
