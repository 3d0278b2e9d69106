import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { createKling } from "@klingkit/core"
import { type Fault, runEmulator } from "@klingkit/emulator"
import { Effect, FileSystem, Layer, Random, Result } from "effect"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { nodeFileHost } from "../node/node-file-host.ts"
import type { SavedFile } from "./save-result.ts"
import { randomFaultServer } from "./testing/random-fault-server.ts"
import { saveOutputs } from "./testing/save-outputs.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** A folder must contain one of these copies, complete and with its sidecar, or nothing but a partial file. */
const expectCompleteOrNothing = (
  folder: string,
  result: Result.Result<ReadonlyArray<SavedFile>, unknown>,
  copies: ReadonlyArray<Uint8Array>
) => {
  const names = readdirSync(folder).toSorted()
  if (Result.isFailure(result)) {
    expect(names.length).toBeLessThanOrEqual(2)
    return expect(names.filter((name) => !/^\.task\.\w+\.part(\.state)?$/.test(name))).toEqual([])
  }
  expect(names).toEqual(["task.mp4", "task.mp4.json"])
  const digest = sha256(readFileSync(`${folder}/task.mp4`))
  expect(copies.map(sha256)).toContain(digest)
  expect(result.success[0]?.sha256).toBe(digest)
  expect(readFileSync(`${folder}/task.mp4.json`, "utf8")).toContain(digest)
}

type DownloadFault = Extract<Fault["fault"], `${string}-download`>

/** Each download fault of the emulator, in variants, and whether the video arrives despite it. */
const faults: Readonly<Record<DownloadFault, ReadonlyArray<readonly [arrives: boolean, fault: object]>>> = {
  "cut-download": [
    [true, { afterBytes: 1 }],
    [true, { afterBytes: 1000 }],
    [true, { afterBytes: 20_000, count: 3 }],
    [true, { afterBytes: 1_000_000_000, count: 6 }],
    [false, { afterBytes: 1, count: 6 }]
  ],
  "html-download": [
    [false, {}],
    [true, { nth: 2 }]
  ],
  "slow-download": [[true, { bytesPerSecond: 1_000_000 }]]
}

describe("a video from the emulator", () => {
  it.effect(
    "is saved byte for byte or not at all, under every download fault",
    () =>
      Effect.gen(function* () {
        const emulator = yield* Effect.acquireRelease(
          Effect.promise(() => runEmulator({ speed: 1_000_000 })),
          (running) => Effect.promise(() => running.close())
        )
        const { task, copy } = yield* Effect.promise(async () => {
          const kling = createKling({ apiKey: emulator.apiKey, baseUrl: emulator.url })
          const { handle } = await kling.submit("new.t2v.kling-3.0-turbo", { prompt: "a cat", durationSeconds: 3 })
          const made = await kling.wait(handle)
          await kling.close()
          const [output] = made.outputs
          const url = output?.type === "video" ? output.url : ""
          return { task: made, copy: new Uint8Array(await (await fetch(url)).arrayBuffer()) }
        })
        const fs = yield* FileSystem.FileSystem
        for (const [fault, arrives, more] of Object.entries(faults).flatMap(([name, variants]) =>
          variants.map(([arrives, more]) => [name, arrives, more] as const)
        )) {
          const folder = yield* fs.makeTempDirectoryScoped()
          const faultsUrl = `${emulator.url}/_emulator/faults`
          yield* Effect.promise(() => fetch(faultsUrl, { method: "DELETE" }))
          const body = JSON.stringify({ faults: [{ fault, ...more }] })
          const response = yield* Effect.promise(() => fetch(faultsUrl, { method: "POST", body }))
          expect(response.status).toBe(200)
          const policy = { klingIsLocal: true, privateHosts: [] }
          const result = yield* inVirtualTime(saveOutputs(folder, "task", { outputs: task.outputs, policy }))
          expectCompleteOrNothing(folder, result, [copy])
          expect([fault, more, Result.isSuccess(result)]).toEqual([fault, more, arrives])
        }
      }).pipe(Effect.provide([node, nodeFileHost])),
    120_000
  )
})

describe("a faulty file server", () => {
  it.effect(
    "never causes an incomplete or mixed copy to be saved, over 400 random runs, each with another one after it",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const runSeed = Effect.fnUntraced(function* (seed: number) {
          const { server, copies } = yield* randomFaultServer.pipe(Random.withSeed(`klingkit ${seed}`))
          const folder = yield* fs.makeTempDirectoryScoped()
          const save = saveOutputs(folder, "task").pipe(Effect.result, Effect.provide(server.layer))
          const result = yield* save
          expectCompleteOrNothing(folder, result, copies)
          return { folder, result, next: Result.isSuccess(result) ? result : yield* save, copies }
        })
        const seeds = Array.from({ length: 400 }, (_, seed) => seed)
        const runs = Result.getOrThrow(yield* inVirtualTime(Effect.forEach(seeds, runSeed, { concurrency: 100 })))
        for (const { folder, next, copies } of runs) expectCompleteOrNothing(folder, next, copies)
        const saved = (which: "result" | "next") => runs.filter((run) => Result.isSuccess(run[which])).length
        expect(saved("result")).toBeGreaterThan(100)
        expect(runs.length - saved("result")).toBeGreaterThan(100)
        expect(saved("next")).toBeGreaterThan(saved("result"))
      }).pipe(Effect.provide(node)),
    120_000
  )
})
