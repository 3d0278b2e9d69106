import { createHash } from "node:crypto"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Ref } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { greyPng } from "../testing/grey-png.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const create = ["video", "create", "a paper boat"] as const

describe("klingkit video create", () => {
  it.live("submits once and prints the handle in one JSON document", () =>
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

  it.live("prints the handle before it sends the request", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const requestsAtHandle = yield* Deferred.make<ReadonlyArray<unknown>>()
      const { stdout } = yield* klingkit([...create, "--json"], {
        ...kling,
        onStderr: (chunk) =>
          /^Handle: kk-t2v-\w{26} /.test(chunk)
            ? Effect.asVoid(Effect.flatMap(kling.requests, (requests) => Deferred.succeed(requestsAtHandle, requests)))
            : Effect.void
      })
      // What identifies the account may be read meanwhile.
      expect(JSON.stringify(yield* Deferred.await(requestsAtHandle))).not.toContain("POST")
      expect(JSON.parse(stdout).status).toBe("submitted")
    })
  )

  it.live("has one charge when the response is lost after Kling accepted the request", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ faults: { faults: [{ fault: "commit-then-drop", nth: 1 }] } })
      const { exitCode, stdout } = yield* klingkit([...create, "--wait", "--json"], kling)
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).status).toBe("succeed")
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("waits, shows the result and says how to download it", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout, stderr } = yield* klingkit([...create, "--wait"], kling)
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(/^Task ID: kk-t2v-\w{26}\n[^]*Status: succeed\n[^]*Video 1\n- URL: http[^]*Duration: 5 s/)
      expect(stderr).toMatch(/Next: klingkit task download kk-t2v-\w{26}\n$/)
      expect(existsSync(kling.env.KLINGKIT_OUTPUT_DIR) ? readdirSync(kling.env.KLINGKIT_OUTPUT_DIR) : []).toEqual([])
    })
  )

  it.live("shows a live line on a terminal, and none when piped", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const onTerminal = yield* klingkit([...create, "--wait"], { ...kling, terminal: true })
      expect(onTerminal.stderr).toMatch(/\r\u001b\[Ksubmitted, 0 s of about 50 s/)
      expect(onTerminal.stdout).not.toContain("\u001b")
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

  it.live("reports a refusal by Kling, which costs nothing", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stdout } = yield* klingkit(["video", "create", "rain [refuse]", "--json"], kling)
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout).error).toMatchObject({ code: "KLING_CONTENT_REFUSED", charged: "no" })
      expect(yield* kling.charges).toEqual([])
    })
  )
})

describe("an image from disk", () => {
  const withImage = (width: number, height: number) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const file = `${kling.home}/portrait.png`
      writeFileSync(file, greyPng(width, height))
      return { kling, file }
    })

  it.live("is the first frame, and selects the operation", () =>
    Effect.gen(function* () {
      const { kling, file } = yield* withImage(640, 640)
      const { exitCode, stdout } = yield* klingkit(["video", "create", "--image", file, "--json"], kling)
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout).operation).toBe("new.i2v.kling-3.0")
    })
  )

  it.live("is refused by its real size before anything is sent", () =>
    Effect.gen(function* () {
      const { kling, file } = yield* withImage(299, 640)
      const { exitCode, stderr } = yield* klingkit([...create, "--image", file], kling)
      expect(exitCode).toBe(2)
      expect(stderr).toContain("--image is 299x640 pixels; each side must be at least 300")
      expect(yield* kling.requests).toEqual([])
    })
  )
})

describe("where the result is saved", () => {
  it.live("a media file name is a file, anything else a folder; a sidecar file describes the origin", () =>
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

  it.live("--output or the settings build file names from the task", () =>
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

      const env = { ...kling.env, KLINGKIT_FILE_NAME: "{handle}/image" }
      const second = yield* klingkit([...image, "--allow-duplicate", "--output", `${kling.home}/own`], {
        ...kling,
        env
      })
      const saved = JSON.parse(second.stdout)
      expect(saved.files[0].path).toBe(`${kling.home}/own/${saved.handle}/image.png`)
    })
  )

  it.live("an invalid name template is refused before anything is paid", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse"]
      const flag = yield* klingkit([...image, "--output", `${kling.home}/{data}.png`], kling)
      const env = { ...kling.env, KLINGKIT_FILE_NAME: "../{handle}" }
      const setting = yield* klingkit(image, { ...kling, env })
      expect([flag.exitCode, setting.exitCode]).toEqual([2, 2])
      expect(flag.stderr).toContain('--output has unknown "{data}"; use {date}, {time}')
      expect(setting.stderr).toContain("KLINGKIT_FILE_NAME must be a path below the folder")
      expect(yield* kling.requests).toEqual([])
    })
  )

  it.live("an existing file is found before anything is paid, and overwritten with --force only", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const file = `${kling.home}/mine.png`
      writeFileSync(file, "precious")
      const image = ["image", "create", "a lighthouse", "--output", file]
      const refused = yield* klingkit(image, kling)
      expect(refused.exitCode).toBe(2)
      expect(refused.stderr).toMatch(
        /mine.png already exists\nCharged: no\nNext: [^\n]*--force[^\n]*; nothing was sent\n/
      )
      expect(readFileSync(file, "utf8")).toBe("precious")
      expect(yield* kling.requests).toEqual([])
      const forced = yield* klingkit([...image, "--force"], kling)
      expect(forced.exitCode).toBe(0)
      expect(readFileSync(file).subarray(1, 4).toString()).toBe("PNG")
    })
  )

  it.live("several images need a folder, and the folder must be possible to create", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = ["image", "create", "a lighthouse", "--n", "2", "--output"]
      const single = yield* klingkit([...image, `${kling.home}/one.png`], kling)
      expect([single.exitCode, single.stderr]).toEqual([
        2,
        expect.stringContaining("--output is one file name, but 2 files are expected")
      ])
      writeFileSync(`${kling.home}/file`, "")
      mkdirSync(`${kling.home}/folder`)
      const inFile = yield* klingkit([...image, `${kling.home}/file/deeper`], kling)
      expect(inFile.exitCode).toBe(2)
      expect(inFile.stderr).toContain(`--output cannot be the folder ${kling.home}/file/deeper`)
      for (const [folder, why] of [
        ["/proc/klingkit", "the system keeps no files there"],
        ["-", "--output cannot be -"]
      ] as const) {
        const refused = yield* klingkit([...image, folder], kling)
        expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(why)])
      }
      expect(yield* kling.requests).toEqual([])
      const env = { ...kling.env, KLINGKIT_OUTPUT_DIR: "/proc/klingkit" }
      const setting = yield* klingkit([...create], { ...kling, env })
      expect([setting.exitCode, setting.stderr]).toEqual([
        2,
        expect.stringContaining("KLINGKIT_OUTPUT_DIR cannot be the folder /proc/klingkit")
      ])
      expect(yield* kling.requests).toEqual([])
      const both = yield* klingkit([...image, `${kling.home}/folder`], kling)
      expect(both.exitCode).toBe(0)
      expect(readdirSync(`${kling.home}/folder`).filter((name) => name.endsWith(".png"))).toHaveLength(2)
    })
  )
})

describe("what may be spent", () => {
  it.live("a request over a limit or without approval is not sent", () =>
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

  it.live("the daily limit counts all requests of the day", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const env = { ...kling.env, KLINGKIT_MAX_USD_PER_DAY: "0.80" }
      expect(yield* klingkit(["video", "create", "one boat"], { env })).toMatchObject({ exitCode: 0 })
      const second = yield* klingkit(["video", "create", "two boats"], { env })
      expect([second.exitCode, second.stderr]).toEqual([5, expect.stringContaining("$0.42")])
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("the same request shortly after is the same job, unless --allow-duplicate or its old name is set", () =>
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
      for (const [index, flag] of ["--allow-duplicate", "--again"].entries()) {
        expect((yield* run(flag)).handle).not.toBe(first.handle)
        expect(yield* kling.charges).toHaveLength(index + 2)
      }
      const help = (yield* klingkit(["video", "create", "--help"])).stdout
      expect(help).toContain("--allow-duplicate")
      expect(help).not.toContain("--again")
    })
  )

  it.live("--dry-run prints request, route and price without a request, a credential or a network", () =>
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
  it.live("missing or incomplete ones are named before any request: exit code 4", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { KLINGAI_API_KEY: _key, ...rest } = kling.env
      const cases = [
        [{}, "KLINGAI_API_KEY"],
        [{ KLINGAI_ACCESS_KEY: "a" }, "KLINGAI_SECRET_KEY"],
        [{ KLINGAI_SECRET_KEY: "s" }, "KLINGAI_ACCESS_KEY"]
      ] as const
      for (const [env, missing] of cases) {
        const { exitCode, stdout } = yield* klingkit([...create, "--json"], { env: { ...rest, ...env } })
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
    [["x", "--duration", "20"], "--duration 20 is not supported by kling-3.0 (3 to 15 s); did you mean 15?"],
    [["x", "--duration", "4.5"], "--duration 4.5 is not an integer"],
    [["x", "--duration", "soon"], '--duration must be a number, not "soon"'],
    [["x", "--resolution", "8k"], "--resolution 8k is not supported by kling-3.0: 720p, 1080p, 4k"],
    [["x", "--audio", "loud"], "--audio loud is not supported by kling-3.0: native, off"],
    [["x", "--aspect-ratio", "2:1"], "--aspect-ratio 2:1 is not supported by kling-3.0: 16:9, 9:16, 1:1"],
    [["x".repeat(3073)], "<prompt> is 3073 characters long; the limit is 3072"],
    [[" "], "<prompt> is required"],
    [["x", "--model", "kling-v2-1"], "--model kling-v2-1 was retired by Kling on 2026-09-15; use kling-2.6 instead"],
    [["x", "--last-image", "https://x.test/a.png"], "--last-image requires a first frame"],
    [["x", "--image", "https://x.test/a.png", "--aspect-ratio", "1:1"], "--aspect-ratio follows the image"],
    [["x", "--image", "no-such.png"], "--image no-such.png is neither a URL nor a readable file"],
    [["x", "--timeout", "soon"], '--timeout cannot be "soon": a time such as 30s, 5m or 1h'],
    [["x", "--rezolution", "4k"], "unknown flag --rezolution; did you mean --resolution?"],
    [["x", "--ratio", "1:1"], "unknown flag --ratio; did you mean --aspect-ratio?"],
    [["a", "boat"], 'unexpected argument "boat" (quote prompts with spaces)'],
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

  it.live("reports all invalid flags at once", () =>
    Effect.gen(function* () {
      const seen = yield* Ref.make("")
      const { stdout } = yield* klingkit(["video", "create", "x", "--duration", "99", "--resolution", "8k", "--json"], {
        onStderr: (chunk) => Ref.update(seen, (before) => before + chunk)
      })
      const fields = JSON.parse(stdout).error.problems.map((problem: { field: string }) => problem.field)
      expect(fields.toSorted()).toEqual(["--duration", "--resolution"])
      expect(yield* Ref.get(seen)).toMatch(/Error \(KLING_INVALID_INPUT\):\n  --\w+ .*\n  --\w+ .*\nCharged: no\n/)
    })
  )
})
