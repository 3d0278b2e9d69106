import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Ref } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { greyPng } from "../testing/picture.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const create = ["video", "create", "a paper boat"] as const

describe("klingkit video create", () => {
  it.live("submits once and answers with the handle, in one JSON document", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout } = yield* klingkit([...create, "--json"], kling)
      expect(exitCode).toBe(0)
      const answer = JSON.parse(stdout)
      expect(answer).toMatchObject({
        status: "submitted",
        operation: "new.t2v.kling-3.0",
        quote: { units: 3, usd: 0.42 }
      })
      expect(yield* kling.charges).toMatchObject([{ externalTaskId: answer.handle, units: 3 }])
    })
  )

  it.live("prints the handle before the request leaves", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const asked = yield* Deferred.make<ReadonlyArray<unknown>>()
      const { stdout } = yield* klingkit([...create, "--json"], {
        ...kling,
        onStderr: (piece) =>
          /^Handle: kk-t2v-\w{26} /.test(piece)
            ? Effect.asVoid(Effect.flatMap(kling.requests, (seen) => Deferred.succeed(asked, seen)))
            : Effect.void
      })
      expect(yield* Deferred.await(asked)).toEqual([])
      expect(JSON.parse(stdout).status).toBe("submitted")
    })
  )

  it.live("ends with one charge when the answer is lost after Kling took the request", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ faults: { faults: [{ fault: "commit-then-drop", nth: 1 }] } })
      const { exitCode, stdout } = yield* klingkit([...create, "--wait", "--json"], kling)
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).status).toBe("succeed")
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("waits, shows the result like a tool does, and says how to fetch it", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout, stderr } = yield* klingkit([...create, "--wait"], kling)
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(
        /^Task ID: kk-t2v-\w{26}\n[^]*Status: succeed\n[^]*Video 1\n- URL: http[^]*Duration seconds: 5/
      )
      expect(stderr).toMatch(/Next: klingkit task download kk-t2v-\w{26}\n$/)
      expect(existsSync(kling.env.KLINGKIT_OUTPUT_DIR) ? readdirSync(kling.env.KLINGKIT_OUTPUT_DIR) : []).toEqual([])
    })
  )

  it.live("shows a live line on a terminal, and none when piped", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const seen = yield* klingkit([...create, "--wait"], { ...kling, terminal: true })
      expect(seen.stderr).toMatch(/\r\u001b\[Ksubmitted, 0 s of about 50 s/)
      expect(seen.stdout).not.toContain("\u001b")
      const piped = yield* klingkit([...create, "--wait"], kling)
      expect(piped.stderr).not.toContain("\r")
      expect(piped.stderr.split("\n").filter((line) => line !== "")).toHaveLength(2)
    })
  )

  it.live("fails when the task fails, and shows the task", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout } = yield* klingkit(["video", "create", "rain [fail]", "--wait", "--json"], kling)
      expect(exitCode).toBe(1)
      const { error, task } = JSON.parse(stdout)
      expect(error).toMatchObject({ code: "KLING_TASK_FAILED", handle: task.handle, charged: "maybe" })
      expect(task.status).toBe("failed")
    })
  )

  it.live("says what Kling refuses, and that it costs nothing", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout } = yield* klingkit(["video", "create", "rain [refuse]", "--json"], kling)
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout).error).toMatchObject({ code: "KLING_CONTENT_REFUSED", charged: "no" })
      expect(yield* kling.charges).toEqual([])
    })
  )
})

describe("a picture from disk", () => {
  const withPicture = (width: number, height: number) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const file = `${kling.home}/portrait.png`
      writeFileSync(file, greyPng(width, height))
      return { kling, file }
    })

  it.live("is the first frame, and decides the operation", () =>
    Effect.gen(function* () {
      const { kling, file } = yield* withPicture(640, 640)
      const { exitCode, stdout } = yield* klingkit(["video", "create", "--image", file, "--json"], kling)
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).operation).toBe("new.i2v.kling-3.0")
    })
  )

  it.live("is refused by its real size before anything is sent", () =>
    Effect.gen(function* () {
      const { kling, file } = yield* withPicture(299, 640)
      const { exitCode, stderr } = yield* klingkit([...create, "--image", file], kling)
      expect(exitCode).toBe(2)
      expect(stderr).toContain("--image is 299x640 pixels; each side needs at least 300")
      expect(yield* kling.requests).toEqual([])
    })
  )
})

describe("where the result goes", () => {
  it.live("a name of a film is a file, anything else a folder; beside it lies its origin", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse", "--json"]
      const named = yield* klingkit([...image, "--output", `${kling.home}/new/l.png`], kling)
      expect(named.exitCode).toBe(0)
      expect(readdirSync(`${kling.home}/new`)).toEqual(["l.png", "l.png.json"])
      const { handle, files } = JSON.parse((yield* klingkit([...image, "-o", `${kling.home}/all`], kling)).stdout)
      expect(files[0].path).toBe(`${kling.home}/all/${handle}.png`)
      expect(readFileSync(files[0].path).subarray(1, 4).toString()).toBe("PNG")
    })
  )

  it.live("names are made of what the task is, as --output or the settings say, and say what was saved", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse at dusk", "--json"]
      const output = `${kling.home}/all/{date}/{model} {prompt}-{handle}`
      const { handle, files } = JSON.parse((yield* klingkit([...image, "--output", output], kling)).stdout)
      const [path = "", day = "", name = ""] = /\/all\/(.+)\/(.+)$/.exec(files[0].path) ?? []
      expect(path).not.toBe("")
      expect(day).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      expect(name).toBe(`kling-v3 a lighthouse at dusk-${handle}.png`)
      expect(files[0].sha256).toBe(createHash("sha256").update(readFileSync(files[0].path)).digest("hex"))

      const env = { ...kling.env, KLINGKIT_FILE_NAME: "{handle}/picture" }
      const again = yield* klingkit([...image, "--again", "--output", `${kling.home}/own`], { ...kling, env })
      const made = JSON.parse(again.stdout)
      expect(made.files[0].path).toBe(`${kling.home}/own/${made.handle}/picture.png`)
    })
  )

  it.live("a name that cannot be made is refused before anything is paid", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse"]
      const flag = yield* klingkit([...image, "--output", `${kling.home}/{data}.png`], kling)
      const env = { ...kling.env, KLINGKIT_FILE_NAME: "../{handle}" }
      const setting = yield* klingkit(image, { ...kling, env })
      expect([flag.exitCode, setting.exitCode]).toEqual([2, 2])
      expect(flag.stderr).toContain('--output has "{data}"; it may hold {date}, {time}')
      expect(setting.stderr).toContain("KLINGKIT_FILE_NAME must be a path below the folder")
      expect(yield* kling.requests).toEqual([])
    })
  )

  it.live("a file in the way is found before anything is paid, and overwritten with --force only", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const file = `${kling.home}/mine.png`
      writeFileSync(file, "precious")
      const image = ["image", "create", "a lighthouse", "--output", file]
      const refused = yield* klingkit(image, kling)
      expect(refused.exitCode).toBe(2)
      expect(refused.stderr).toMatch(
        /mine.png exists already\nCharged: no\nNext: [^\n]*--force[^\n]*; nothing was sent\n/
      )
      expect(readFileSync(file, "utf8")).toBe("precious")
      expect(yield* kling.requests).toEqual([])
      const forced = yield* klingkit([...image, "--force"], kling)
      expect(forced.exitCode).toBe(0)
      expect(readFileSync(file).subarray(1, 4).toString()).toBe("PNG")
    })
  )

  it.live("several pictures do not go into one file, nor anything into a folder that cannot be", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse", "--n", "2", "--output"]
      const one = yield* klingkit([...image, `${kling.home}/one.png`], kling)
      expect([one.exitCode, one.stderr]).toEqual([
        2,
        expect.stringContaining("--output names one file, but there will be 2")
      ])
      writeFileSync(`${kling.home}/file`, "")
      mkdirSync(`${kling.home}/folder`)
      const inFile = yield* klingkit([...image, `${kling.home}/file/deeper`], kling)
      expect(inFile.exitCode).toBe(1)
      expect(inFile.stderr).toContain("cannot be a folder")
      expect(yield* kling.requests).toEqual([])
      const both = yield* klingkit([...image, `${kling.home}/folder`], kling)
      expect(both.exitCode).toBe(0)
      expect(readdirSync(`${kling.home}/folder`).filter((name) => name.endsWith(".png"))).toHaveLength(2)
    })
  )
})

describe("what may be spent", () => {
  it.live("nothing is sent when it is over a limit or not approved", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const run = (env: Readonly<Record<string, string>>, ...flags: ReadonlyArray<string>) =>
        Effect.map(
          klingkit([...create, "--json", ...flags], { env: { ...kling.env, ...env } }),
          ({ exitCode, stdout }) => [exitCode, JSON.parse(stdout).error?.code]
        )
      expect(yield* run({ KLINGKIT_MAX_USD_PER_CALL: "0.40" })).toEqual([5, "LEDGER_OVER_BUDGET"])
      expect(yield* run({ KLINGKIT_MAX_USD_PER_CALL: "0.40" }, "--yes")).toEqual([5, "LEDGER_OVER_BUDGET"])
      expect(yield* run({ KLINGKIT_CONFIRM_ABOVE_USD: "0.10" })).toEqual([5, "JOB_NOT_APPROVED"])
      expect(yield* run({ KLINGKIT_MAX_USD_PER_CALL: "lots" })).toEqual([2, "KLING_INVALID_INPUT"])
      expect(yield* kling.requests).toEqual([])
      expect(yield* run({ KLINGKIT_CONFIRM_ABOVE_USD: "0.10" }, "--yes")).toEqual([0, undefined])
    })
  )

  it.live("the limit of a day holds for all its requests together", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const env = { ...kling.env, KLINGKIT_MAX_USD_PER_DAY: "0.80" }
      expect(yield* klingkit(["video", "create", "one boat"], { env })).toMatchObject({ exitCode: 0 })
      const second = yield* klingkit(["video", "create", "two boats"], { env })
      expect([second.exitCode, second.stderr]).toEqual([5, expect.stringContaining("$0.42")])
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("the same request a moment later is the same job, unless --again says otherwise", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const run = (...flags: ReadonlyArray<string>) =>
        Effect.map(klingkit([...create, "--json", ...flags], kling), ({ stdout, stderr }) => ({
          ...(JSON.parse(stdout) as { readonly handle: string; readonly isRepeat?: boolean }),
          stderr
        }))
      const first = yield* run()
      const repeated = yield* run()
      expect(repeated).toMatchObject({ handle: first.handle, isRepeat: true })
      expect(repeated.stderr).toContain("nothing was sent again")
      expect(yield* kling.charges).toHaveLength(1)
      const again = yield* run("--again")
      expect(again.handle).not.toBe(first.handle)
      expect(yield* kling.charges).toHaveLength(2)
    })
  )

  it.live("--dry-run shows request, reason and price without a request, a credential or a network", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const dry = [...create, "--dry-run", "--json", "--negative-prompt", "people"]
      const run = yield* klingkit(dry, kling)
      expect(run.exitCode).toBe(0)
      const plan = JSON.parse(run.stdout)
      expect(plan).toMatchObject({
        dryRun: true,
        operation: "legacy.text2video",
        request: { method: "POST", body: { model_name: "kling-v3", negative_prompt: "people" } },
        quote: { units: 3, usd: 0.42, state: "exact" }
      })
      expect(plan.request.url).toBe(`${kling.env.KLINGAI_BASE_URL}/v1/videos/text2video`)
      expect(plan.reasons.join()).toContain("negative prompt")
      expect(yield* kling.requests).toEqual([])
      const without = yield* klingkit(dry, { env: { KLINGAI_BASE_URL: "http://127.0.0.1:9" } })
      expect(without.exitCode).toBe(0)
      expect(JSON.parse(without.stdout).notes.join()).toContain("no credential is set")
    })
  )
})

describe("credentials", () => {
  it.live("missing or half ones are named before any request: exit code 4", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { KLINGAI_API_KEY: _key, ...place } = kling.env
      const cases = [
        [{}, "KLINGAI_API_KEY"],
        [{ KLINGAI_ACCESS_KEY: "a" }, "KLINGAI_SECRET_KEY"],
        [{ KLINGAI_SECRET_KEY: "s" }, "KLINGAI_ACCESS_KEY"]
      ] as const
      for (const [env, missing] of cases) {
        const { exitCode, stdout } = yield* klingkit([...create, "--json"], { env: { ...place, ...env } })
        expect([exitCode, JSON.parse(stdout).error.message]).toEqual([4, expect.stringContaining(missing)])
      }
      expect(yield* kling.requests).toEqual([])
    })
  )

  it.live("a wrong key is a credential failure and never shown", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const env = { ...kling.env, KLINGAI_API_KEY: "api-key-emulator-global-wrong" }
      const { exitCode, stdout, stderr } = yield* klingkit([...create, "--json"], { env })
      expect([exitCode, JSON.parse(stdout).error.code]).toEqual([4, "KLING_UNAUTHORIZED"])
      expect(stdout + stderr).not.toContain("wrong")
    })
  )

  it.live("a key pair takes the legacy path and charges once", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout } = yield* klingkit([...create, "--wait", "--json"], { env: kling.keyPairEnv })
      expect([exitCode, JSON.parse(stdout).operation]).toEqual([0, "legacy.text2video"])
      expect(yield* kling.charges).toHaveLength(1)
    })
  )
})

describe("wrong input", () => {
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["x", "--duration", "20"], "--duration 20 is not possible with kling-3.0: 3 to 15; nearest: 15"],
    [["x", "--duration", "4.5"], "--duration 4.5 is not a whole number"],
    [["x", "--duration", "soon"], '--duration cannot be "soon": a number is needed'],
    [["x", "--resolution", "8k"], "--resolution 8k is not possible with kling-3.0: 720p, 1080p, 4k"],
    [["x", "--audio", "loud"], "--audio loud is not possible with kling-3.0: native, off"],
    [["x", "--aspect-ratio", "2:1"], "--aspect-ratio 2:1 is not possible with kling-3.0: 16:9, 9:16, 1:1"],
    [["x".repeat(3073)], "<prompt> is 3073 characters long; at most 3072 are allowed"],
    [[" "], "<prompt> is required"],
    [
      ["x", "--model", "kling-v2-1"],
      "--model kling-v2-1 was switched off by Kling on 2026-09-15; use kling-2.6 instead"
    ],
    [["x", "--last-image", "https://x.test/a.png"], "--last-image needs a first picture too"],
    [["x", "--image", "https://x.test/a.png", "--aspect-ratio", "1:1"], "--aspect-ratio follows the picture"],
    [["x", "--image", "no-such.png"], "--image no-such.png is neither a URL nor a readable file"],
    [["x", "--timeout", "soon"], '--timeout cannot be "soon": a time such as 30s, 5m or 1h'],
    [["x", "--rezolution", "4k"], "--rezolution is not a flag here; did you mean --resolution?"],
    [["x", "--ratio", "1:1"], "--ratio is not a flag here; did you mean --aspect-ratio?"],
    [["a", "boat"], '"boat" is one word too many'],
    [["x", "--model"], "--model needs a value"]
  ]

  it.live.each(cases)("%j", ([args, sentence]) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout, stderr } = yield* klingkit(["video", "create", ...args, "--json"], kling)
      expect(JSON.parse(stdout).error).toMatchObject({ message: expect.stringContaining(sentence), charged: "no" })
      expect(stderr).toContain(sentence)
      expect(exitCode).toBe(2)
      expect(yield* kling.requests).toEqual([])
    })
  )

  it.live("names every wrong flag at once", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make("")
      const { stdout } = yield* klingkit(["video", "create", "x", "--duration", "99", "--resolution", "8k", "--json"], {
        onStderr: (piece) => Ref.update(seen, (before) => before + piece)
      })
      const fields = JSON.parse(stdout).error.problems.map((one: { field: string }) => one.field)
      expect(fields.toSorted()).toEqual(["--duration", "--resolution"])
      expect(yield* Ref.get(seen)).toMatch(/Error \(KLING_INVALID_INPUT\):\n  --\w+ .*\n  --\w+ .*\nCharged: no\n/)
    })
  )
})
