import { describe, expect, it } from "@effect/vitest"
import { type AnyOperation, catalog, klingCodes, operations } from "@klingkit/core"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { emulatedKling } from "../../testing/emulator.ts"
import { greyPng } from "../../testing/grey-png.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const json = (...args: ReadonlyArray<string>) =>
  Effect.map(klingkit([...args, "--json"]), ({ stdout }) => JSON.parse(stdout))

describe("what the API offers", () => {
  it.live("lists every operation with method, path, price and confidence", () =>
    Effect.gen(function* () {
      const listed: ReadonlyArray<Record<string, unknown>> = yield* json("api", "list")
      expect(listed).toHaveLength(catalog.length)
      expect(listed.find(({ id }) => id === "legacy.images.generations")).toMatchObject({
        method: "POST",
        path: "/v1/images/generations",
        billed: true,
        generation: "legacy",
        confidence: "high"
      })
      const reads: ReadonlyArray<Record<string, unknown>> = yield* json("api", "list", "--reads")
      expect(reads.find(({ id }) => id === "legacy.text2video.get")).toMatchObject({ method: "GET", billed: false })
      const { stdout } = yield* klingkit(["api", "list"])
      expect(stdout).toContain("low (experimental)")
    })
  )

  it.live("shows every parameter of every operation with wire field and limits, and the input's schema", () =>
    Effect.gen(function* () {
      for (const { id, params } of catalog) {
        const shown = yield* json("api", "show", id)
        expect(Object.keys(shown.input.properties)).toEqual(Object.keys(params))
        const fields = shown.parameters.map(({ field }: { field: string }) => field)
        expect(fields).toEqual(expect.arrayContaining(Object.keys(params)))
      }
      const { parameters } = yield* json("api", "show", "legacy.images.generations")
      expect(parameters.find(({ field }: { field: string }) => field === "n")).toEqual({
        field: "n",
        place: "n",
        type: "integer",
        limits: { min: 1, max: 9 },
        required: false,
        default: 1,
        notes: "takes n concurrency slots"
      })
    })
  )

  it.live("shows nested parameters under their full name", () =>
    Effect.gen(function* () {
      const { parameters } = yield* json("api", "show", "legacy.image2video")
      expect(parameters.find(({ field }: { field: string }) => field === "shots[].prompt")).toMatchObject({
        place: "multi_prompt[].prompt",
        limits: { maxLength: 512 },
        required: true
      })
    })
  )

  it.live("lists Kling's codes with their retry rule", () =>
    Effect.gen(function* () {
      const codes: ReadonlyArray<{ code: number; retry: string }> = yield* json("api", "errors")
      expect(codes).toHaveLength(klingCodes.length)
      expect(codes.find(({ code }) => code === 1303)?.retry).toBe("slot")
    })
  )

  it.live("suggests the closest operation for a mistyped id", () =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* klingkit(["api", "show", "legacy.text2vidoe"])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("did you mean legacy.text2video?")])
    })
  )
})

describe("klingkit api call", () => {
  // Operations on a session, an element or a voice need an earlier call that created it.
  const standalone = (operation: AnyOperation) => operation.kind !== "delete" && !("sessionId" in operation.example)

  it.live("runs every standalone operation by its example, with a result", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      for (const operation of catalog.filter(standalone)) {
        const call = ["api", "call", operation.id, "--input", JSON.stringify(operation.example), "--wait", "--json"]
        const { exitCode, stdout } = yield* klingkit(call, kling)
        expect([operation.id, exitCode, stdout]).toEqual([operation.id, 0, expect.stringMatching(/^[{[].*\n$/)])
        if (operation.kind === "create")
          expect([operation.id, JSON.parse(stdout).status]).toEqual([operation.id, "succeed"])
      }
    })
  )

  it.live("uses one call's answer in the next: identify a face, then sync it", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const call = (id: string, input: unknown) =>
        Effect.map(klingkit(["api", "call", id, "--input", JSON.stringify(input), "--wait", "--json"], kling), (run) =>
          JSON.parse(run.stdout)
        )
      const found = yield* call("legacy.identify-face", operations["legacy.identify-face"].example)
      const { faces, ...rest } = operations["legacy.advanced-lip-sync"].example
      const synced = yield* call("legacy.advanced-lip-sync", {
        ...rest,
        sessionId: found.session_id,
        faces: faces.map((face) => ({ ...face, faceId: found.face_data[0].face_id }))
      })
      expect(synced.status).toBe("succeed")
      expect(synced.outputs[0].type).toBe("video")
    })
  )

  it.live("creates and waits; the input is inline JSON, a file or standard input", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const input = JSON.stringify({ model: "kling-v3", prompt: "a lighthouse" })
      const file = `${kling.home}/input.json`
      writeFileSync(file, input)
      const call = ["api", "call", "legacy.images.generations", "--wait", "--allow-duplicate", "--json", "--input"]
      for (const source of [input, file, "-"]) {
        const { exitCode, stdout } = yield* klingkit([...call, source], { ...kling, stdin: input })
        expect([exitCode, JSON.parse(stdout).status]).toEqual([0, "succeed"])
      }
      expect(yield* kling.charges).toHaveLength(3)
    })
  )

  it.live("reads an image from disk, and names its field when it is not valid", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const image = `${kling.home}/first.png`
      const call = (width: number) => {
        writeFileSync(image, greyPng(width, 640))
        return klingkit(
          ["api", "call", "legacy.image2video", "--input", JSON.stringify({ model: "kling-v3", image })],
          kling
        )
      }
      const small = yield* call(299)
      expect([small.exitCode, small.stderr]).toEqual([2, expect.stringContaining("image is 299x640 pixels")])
      expect((yield* call(640)).exitCode).toBe(0)
    })
  )

  it.live("calls a synchronous operation, and keeps the digits of 64-bit ids", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stdout } = yield* klingkit(["image", "create", "a lighthouse", "--json"], kling)
      const { taskId } = JSON.parse(stdout)
      const read = yield* klingkit(
        ["api", "call", "new.tasks.get", "--input", `{"taskIds":"${taskId}"}`, "--json"],
        kling
      )
      expect([read.exitCode, JSON.stringify(JSON.parse(read.stdout))]).toEqual([0, expect.stringContaining(taskId)])
    })
  )

  it.live("shows a paid call and a read without sending either", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const speech = `{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}`
      const paid = yield* klingkit(["api", "call", "legacy.tts", "--input", speech, "--dry-run", "--json"], kling)
      expect(JSON.parse(paid.stdout)).toMatchObject({
        dryRun: true,
        quote: { units: 0.05 },
        request: { method: "POST" }
      })
      const id = `{"taskId":"a b"}`
      const read = yield* klingkit(
        ["api", "call", "legacy.text2video.get", "--input", id, "--dry-run", "--json"],
        kling
      )
      expect(JSON.parse(read.stdout).request.url).toBe(`${kling.env.KLINGAI_BASE_URL}/v1/videos/text2video/a%20b`)
      expect(yield* kling.requests).toEqual([])
    })
  )

  const refused: ReadonlyArray<readonly [string, string]> = [
    ["{", "--input is not valid JSON"],
    ["[1]", "input must be an object with named fields"],
    ["no-such-file.json", "--input cannot read no-such-file.json"],
    [`{"prompt":"x","model":"kling-v3","durationSecond":5}`, "is not a known parameter; did you mean durationSeconds?"]
  ]

  it.live.each(refused)("refuses %s before any request", ([input, sentence]) =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { exitCode, stderr } = yield* klingkit(["api", "call", "legacy.text2video", "--input", input], kling)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
      expect(yield* kling.requests).toEqual([])
    })
  )
})
