import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const submit = (kling: { readonly env: Readonly<Record<string, string>> }, ...args: ReadonlyArray<string>) =>
  Effect.map(
    klingkit(["image", "create", "a lighthouse", "--allow-duplicate", "--json", ...args], kling),
    ({ stdout }) => JSON.parse(stdout) as { readonly handle: string; readonly taskId: string }
  )

describe("klingkit task", () => {
  it.live("finds a task by its handle and by Kling's task id", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle, taskId } = yield* submit(kling)
      for (const id of [handle, taskId]) {
        const { exitCode, stdout } = yield* klingkit(["task", "get", id, "--json"], kling)
        expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { handle, taskId, status: "succeed" }])
      }
    })
  )

  it.live("says plainly that Kling cannot cancel one, and leaves it alone", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle } = yield* submit(kling)
      const { exitCode, stdout } = yield* klingkit(["task", "cancel", handle, "--json"], kling)
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        2,
        { error: { charged: "no", message: expect.stringContaining("Kling cannot cancel a task: it keeps running") } }
      ])
      const after = yield* klingkit(["task", "get", handle, "--json"], kling)
      expect(JSON.parse(after.stdout)).toMatchObject({ status: "succeed" })
    })
  )

  it.live("shows the receipt: the quote and the charge", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle } = yield* submit(kling)
      const { stdout } = yield* klingkit(["task", "wait", handle], kling)
      expect(stdout).toContain("Quoted: 8 image units ($0.028)\nCharged: 8 image units ($0.028), as quoted\n")
      const { quote, charges, receipt } = JSON.parse((yield* klingkit(["task", "get", handle, "--json"], kling)).stdout)
      expect(quote).toMatchObject({ units: 8, usd: 0.028, state: "exact" })
      expect(charges).toEqual([{ kind: "unit", amount: 8, pack: "image" }])
      expect(receipt).toEqual({ quoted: "8 image units ($0.028)", charged: "8 image units ($0.028), as quoted" })
    })
  )

  it.live("shows what is known of a failed task's charge", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stderr, exitCode } = yield* klingkit(["video", "create", "a cat [fail]", "--wait"], kling)
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining(
          "Quoted: 3 video units ($0.42)\nCharged: maybe; unknown: Kling did not report it and does not document what a failed task costs"
        )
      ])
    })
  )

  it.live("reports an unknown task as not found", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const id = "kk-t2v-0123456789abcdefghjkmnpqrs"
      const { exitCode, stdout } = yield* klingkit(["task", "get", id, "--json"], kling)
      expect([exitCode, JSON.parse(stdout).error]).toMatchObject([1, { code: "KLING_TASK_NOT_FOUND", handle: id }])
    })
  )

  it.live("waiting for an unknown task fails at once", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const unknown = yield* klingkit(["task", "wait", "kk-t2v-0123456789abcdefghjkmnpqrs"], kling)
      expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining("KLING_TASK_NOT_FOUND")])
    })
  )

  it.live("a running task is neither done nor failed: exit code 8, and the command to continue", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ speed: 0.001 })
      const { handle } = yield* submit(kling)
      const waited = yield* klingkit(["task", "wait", handle, "--timeout", "1s", "--json"], kling)
      expect(waited.exitCode).toBe(8)
      const { error, task } = JSON.parse(waited.stdout)
      expect(error).toMatchObject({ code: "CLI_STILL_RUNNING", handle, suggestion: expect.stringContaining(handle) })
      expect(task.handle).toBe(handle)
      const fetched = yield* klingkit(["task", "download", handle], kling)
      expect([fetched.exitCode, fetched.stderr]).toEqual([8, expect.stringContaining(`klingkit task wait ${handle}`)])
    })
  )

  it.live("waits for a task, and downloads its files to the output folder once", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle } = yield* submit(kling, "--n", "2")
      const waited = yield* klingkit(["task", "wait", handle, "--json"], kling)
      expect([waited.exitCode, JSON.parse(waited.stdout).outputs.length]).toEqual([0, 2])
      const fetched = yield* klingkit(["task", "download", handle, "--json"], kling)
      expect(fetched.exitCode).toBe(0)
      expect(JSON.parse(fetched.stdout).files.map((file: { path: string }) => file.path)).toEqual([
        `${kling.env.KLINGKIT_OUTPUT_DIR}/${handle}-1.png`,
        `${kling.env.KLINGKIT_OUTPUT_DIR}/${handle}-2.png`
      ])
      expect(readdirSync(kling.env.KLINGKIT_OUTPUT_DIR)).toHaveLength(4)
      const again = yield* klingkit(["task", "download", handle], kling)
      expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining("- Already saved")])
      const second = `${kling.env.KLINGKIT_OUTPUT_DIR}/${handle}-2.png`
      writeFileSync(second, "mine")
      const refused = yield* klingkit(["task", "download", handle], kling)
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(`${second} already exists`)])
      expect(refused.stderr).toContain("Charged: yes")
      expect((yield* klingkit(["task", "download", handle, "--force"], kling)).exitCode).toBe(0)
    })
  )

  it.live("a failed task is shown by get, and a failure of wait", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stdout } = yield* klingkit(["image", "create", "fog [fail]", "--json"], kling)
      const { handle } = JSON.parse(stdout)
      const got = yield* klingkit(["task", "get", handle], kling)
      expect([got.exitCode, got.stdout]).toEqual([0, expect.stringContaining("Status: failed\nMessage: ")])
      const waited = yield* klingkit(["task", "wait", handle], kling)
      expect([waited.exitCode, waited.stderr]).toEqual([1, expect.stringContaining("KLING_TASK_FAILED")])
    })
  )
})

describe("klingkit task list", () => {
  it.live("newest first, by status and number; a table for a terminal, rows for a pipe", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const first = yield* submit(kling)
      yield* klingkit(["image", "create", "fog [fail]"], kling)
      const last = yield* submit(kling)
      const handlesOf = (stdout: string) => JSON.parse(stdout).map((task: { handle: string }) => task.handle)

      const latest = yield* klingkit(["task", "list", "--limit", "1", "--json"], kling)
      expect(handlesOf(latest.stdout)).toEqual([last.handle])
      const done = yield* klingkit(["task", "list", "--status", "succeed", "--json"], kling)
      expect(handlesOf(done.stdout)).toEqual([last.handle, first.handle])

      const piped = yield* klingkit(["task", "list"], kling)
      expect(piped.stdout.split("\n")[0]?.split("\t").slice(0, 2)).toEqual([last.handle, "succeed"])
      const shown = yield* klingkit(["task", "list"], { ...kling, terminal: true })
      expect(shown.stdout).toMatch(/^TASK {2,}STATUS {2,}CREATED/)
      expect(shown.stdout).not.toContain("\t")
    })
  )

  it.live("says when there are none", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      expect((yield* klingkit(["task", "list"], kling)).stdout).toBe("")
      expect((yield* klingkit(["task", "list", "--json"], kling)).stdout).toBe("[]\n")
      expect((yield* klingkit(["task", "list"], { ...kling, terminal: true })).stdout).toBe("No tasks found.\n")
    })
  )

  const refused = [
    ["--limit", "0", '--limit must be 1 to 10000, not "0"'],
    ["--limit", "many", '--limit cannot be "many"'],
    ["--status", "done", '--status cannot be "done"']
  ] as const

  it.live.each(refused)("refuses %s %s", ([flag, value, sentence]) =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* klingkit(["task", "list", flag, value])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
    })
  )
})

describe("klingkit task list, from the ledger", () => {
  it.live("filters by prompt, model, state and time, page by page", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      for (const prompt of ["a lighthouse at noon", "a lighthouse at night", "a boat"]) {
        yield* klingkit(["image", "create", prompt, "--wait"], kling)
      }
      const listed = (...args: ReadonlyArray<string>) =>
        Effect.map(klingkit(["task", "list", ...args, "--json"], kling), ({ stdout, stderr, exitCode }) => {
          expect(exitCode).toBe(0)
          const jobs = JSON.parse(stdout) as ReadonlyArray<{ readonly prompt: string; readonly state: string }>
          return { prompts: jobs.map(({ prompt }) => prompt), states: jobs.map(({ state }) => state), stderr }
        })
      const both = yield* listed("--search", "LIGHTHOUSE")
      expect(both).toMatchObject({
        prompts: ["a lighthouse at night", "a lighthouse at noon"],
        states: ["SUCCEEDED", "SUCCEEDED"]
      })
      const page = yield* listed("--search", "lighthouse", "--limit", "1")
      const [, cursor = ""] = /--cursor (\S+)/.exec(page.stderr) ?? []
      expect((yield* listed("--search", "lighthouse", "--cursor", cursor)).prompts).toEqual(["a lighthouse at noon"])
      expect((yield* listed("--state", "SUCCEEDED", "--since", "1h")).prompts).toHaveLength(3)
      for (const none of [
        ["--state", "UNKNOWN"],
        ["--since", "2999-01-01"],
        ["--model", "kling-3.0"]
      ]) {
        expect((yield* listed(...none)).prompts).toEqual([])
      }
      expect((yield* listed("--search", "boat", "--status", "failed")).prompts).toEqual([])
      const wrong = yield* klingkit(["task", "list", "--since", "yesterday"], kling)
      expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("--since")])
      const foreign = yield* klingkit(["task", "list", "--cursor", "nonsense"], kling)
      expect(foreign.stderr).toContain("LEDGER_BAD_CURSOR")
    })
  )

  it.live("reports a row that cannot be read, and shows the others", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const broken = yield* submit(kling)
      const good = yield* submit(kling)
      const database = new DatabaseSync(`${kling.env.KLINGKIT_HOME}/ledger.db`)
      database.prepare("UPDATE klingkit_jobs SET quote = '{' WHERE handle = ?").run(broken.handle)
      database.close()
      const listed = yield* klingkit(["task", "list", "--search", "lighthouse", "--json"], kling)
      expect([listed.exitCode, JSON.parse(listed.stdout)]).toMatchObject([0, [{ handle: good.handle }]])
      expect(listed.stderr).toContain(`Warning: the ledger's row of job ${broken.handle} cannot be read`)
      // Kling's own list, and the task itself, are still there.
      const { stdout } = yield* klingkit(["task", "get", broken.handle, "--json"], kling)
      expect(JSON.parse(stdout)).toMatchObject({ handle: broken.handle, status: "succeed" })
      expect(JSON.parse((yield* klingkit(["task", "list", "--json"], kling)).stdout)).toHaveLength(2)
    })
  )
})

describe("a ledger that cannot be used", () => {
  it.live("refuses every paid request before it is sent, and says what to do", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const home = (name: string) => ({ ...kling.env, KLINGKIT_HOME: `${kling.home}/${name}` })
      mkdirSync(`${kling.home}/video`)
      writeFileSync(`${kling.home}/video/ledger.db`, "not a database, but a video ".repeat(100))
      yield* klingkit(["task", "list", "--search", "x"], { env: home("newer") })
      const database = new DatabaseSync(`${kling.home}/newer/ledger.db`)
      database.exec("INSERT INTO klingkit_migrations (migration_id, name) VALUES (99, 'from_newer_version')")
      database.close()
      const cases = [
        ["video", "LEDGER_UNREADABLE", "move the file away"],
        ["newer", "LEDGER_NEWER_VERSION", "update klingkit"],
        ["video/ledger.db/below-a-file", "LEDGER_CANNOT_OPEN", "KLINGKIT_HOME"]
      ] as const
      for (const [folder, code, advice] of cases) {
        const { exitCode, stdout, stderr } = yield* klingkit(["video", "create", "a boat", "--json"], {
          env: home(folder)
        })
        expect([exitCode, JSON.parse(stdout).error]).toMatchObject([1, { code, charged: "no" }])
        expect(stderr).toContain(advice)
        expect(stderr).toContain("nothing was sent")
      }
      expect(yield* kling.requests).toEqual([])
    })
  )
})
