import { FileHost, JobsSettings, LedgerSource } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { ConfigProvider, Effect, FileSystem, Layer, ManagedRuntime, Path } from "effect"
import { describe, expect, it } from "vitest"
import { servicesFor, servicesFromConfig } from "./services.ts"
import { connectedClient, textOf } from "./testing/connected-client.ts"

const disk = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) }),
  LedgerSource.layer(layerSqliteMemory)
)

const clientWith = (environment: Readonly<Record<string, string>>) =>
  connectedClient(
    ManagedRuntime.make(
      servicesFromConfig.pipe(
        Layer.provide(disk),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
      )
    )
  )

const submit = { name: "generate_video", arguments: { prompt: "a cat" } }

describe("services from the environment", () => {
  it.each([
    [{}, "set KLINGAI_API_KEY", "KLING_MISSING_CREDENTIALS"],
    [{ KLINGAI_ACCESS_KEY: "ak" }, "set KLINGAI_SECRET_KEY", "KLING_MISSING_CREDENTIALS"],
    [{ KLING_SECRET_KEY: "sk" }, "set KLINGAI_ACCESS_KEY", "KLING_MISSING_CREDENTIALS"],
    [{ KLINGAI_API_KEY: "key", KLINGAI_REGION: "moon" }, "KLINGAI_REGION must be", "KLING_INVALID_INPUT"],
    [
      { KLINGAI_API_KEY: "key", KLINGAI_BASE_URL: "http://kling.example" },
      "must be an https URL",
      "KLING_INVALID_INPUT"
    ]
  ])("say at the first call what is missing: %j", async (environment, missing, code) => {
    const client = await clientWith(environment)
    const wait = { name: "wait_for_task", arguments: { task_id: "1" } }
    for (const [call, charged] of [
      [submit, /^Charged: no$/m],
      // Whether a task was paid cannot be known without asking.
      [wait, /^Charged: (no|maybe, for the task); this call is free$/m]
    ] as const) {
      const result = await client.callTool(call)
      expect(result.isError).toBe(true)
      expect(textOf(result)).toContain(missing)
      expect(textOf(result)).toMatch(charged)
      expect(textOf(result)).toContain(`Code: ${code}`)
      expect(textOf(result)).not.toMatch(/\b(ak|sk)\b/)
    }
  })

  it("serve everything that needs no key", async () => {
    const client = await clientWith({})
    expect((await client.listTools()).tools.length).toBeGreaterThan(0)
    for (const call of [
      { name: "list_models", arguments: {} },
      { name: "quote_cost", arguments: { kind: "video" } }
    ]) {
      expect((await client.callTool(call)).isError).toBeFalsy()
    }
    expect(textOf(await client.callTool({ ...submit, arguments: { promt: "x" } }))).toContain("did you mean prompt?")
  })
})

it("give each caller a folder that a disk can hold, and no other caller has", async () => {
  const folderOf = (principal: string) =>
    Effect.runPromise(
      JobsSettings.use(({ outputDir }) => Effect.succeed(outputDir)).pipe(
        Effect.provide(servicesFor({ principal, budgetLine: { person: principal } }).pipe(Layer.provide(disk))),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ KLINGKIT_OUTPUT_DIR: "/out" })))
      )
    )
  const callers = ["anna", "Anna", "../anna", "a/b", "\u{1F600}".repeat(200), ".", ""]
  const folders = await Promise.all(callers.map(folderOf))
  expect(folders.filter((folder) => /^\/out\/[\w-]{1,100}$/.test(folder))).toHaveLength(callers.length)
  expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(callers.length)
})
