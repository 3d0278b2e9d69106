import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { klingkit } from "./testing/run-klingkit.ts"

const commands = [
  "video create",
  "image create",
  "pipeline run",
  "pipeline resume",
  "pipeline list",
  "batch",
  "task get",
  "task wait",
  "task download",
  "task list",
  "account costs",
  "account name",
  "account link",
  "ledger check",
  "ledger repair",
  "ledger export",
  "models list",
  "models show",
  "quote",
  "api list",
  "api show",
  "api call",
  "api errors",
  "emulator",
  "demo"
]

describe("help", () => {
  it.live("bare klingkit prints it, with every command", () =>
    Effect.gen(function* () {
      const { exitCode, stdout, stderr } = yield* klingkit([])
      expect([exitCode, stderr]).toEqual([0, ""])
      for (const command of commands) expect(stdout).toContain(`\n  ${command.split(" ")[0]} `)
    })
  )

  it.live.each([...commands, ...new Set(commands.map((command) => command.split(" ")[0] ?? ""))])(
    "%s --help has examples",
    (command) =>
      Effect.gen(function* () {
        const { exitCode, stdout, stderr } = yield* klingkit([...command.split(" "), "--help"])
        expect([exitCode, stderr]).toEqual([0, ""])
        expect(stdout).toMatch(/EXAMPLES\n[^]*klingkit /)
        expect(stdout).not.toContain("\u001b")
      })
  )

  it.live("--version is a version, in JSON too", () =>
    Effect.gen(function* () {
      const { stdout } = yield* klingkit(["--version"])
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
      const asJson = yield* klingkit(["--version", "--json"])
      expect(JSON.parse(asJson.stdout)).toEqual({ version: stdout.trim() })
    })
  )
})

describe("wrong usage", () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ["vidio create x", "unknown command vidio; did you mean video?"],
    ["task", "klingkit task needs one of: get, wait, download, list"],
    ["task gte x", "unknown command gte; did you mean get?"],
    ["task get", "<task> is required"],
    ["task get --handle x", "unknown flag --handle"],
    ["models show", "<model> is required"],
    ["api call", "<operation> is required"],
    ["emulator --port 70000", '--port must be a port from 0 to 65535, not "70000"'],
    ["--wrong", "unknown flag --wrong"]
  ]

  it.live.each(cases)("%s", ([line, sentence]) =>
    Effect.gen(function* () {
      const { exitCode, stdout, stderr } = yield* klingkit(line.split(" "))
      expect(exitCode).toBe(2)
      expect(stdout).toBe("")
      expect(stderr).toContain(sentence)
      expect(stderr).toMatch(/Charged: no\nNext: see klingkit[^\n]* --help; nothing was sent\n$/)
    })
  )
})

describe("--json", () => {
  // Programs always get one document. Most commands fail here, without a key or an argument.
  it.live.each(commands.filter((command) => command !== "demo" && command !== "emulator"))(
    "%s prints one JSON document",
    (command) =>
      Effect.gen(function* () {
        const env = { KLINGKIT_HOME: "/nonexistent/klingkit" }
        const { exitCode, stdout } = yield* klingkit([...command.split(" "), "--json"], { env })
        expect(stdout.split("\n")).toHaveLength(2)
        const document = JSON.parse(stdout)
        expect("error" in document).toBe(exitCode !== 0)
        if (exitCode !== 0) {
          expect(document.error).toMatchObject({ code: expect.stringMatching(/^(CLI|KLING|JOB)_/), charged: "no" })
        }
      })
  )

  it.live("is a flag only before --", () =>
    Effect.gen(function* () {
      const { stdout } = yield* klingkit(["video", "create", "--dry-run", "--", "--json"])
      expect(stdout).toContain('"prompt": "--json"')
      expect(stdout).toContain("Nothing was sent.")
    })
  )
})
