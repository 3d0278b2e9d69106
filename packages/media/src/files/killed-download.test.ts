import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { createKling } from "@klingkit/core"
import { runEmulator } from "@klingkit/emulator"
import { Effect, FileSystem } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, statSync } from "node:fs"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { nodeFileHost } from "../node/node-file-host.ts"
import { saveOutputs } from "./testing/save-outputs.ts"

const program = fileURLToPath(new URL("testing/killed-program.ts", import.meta.url))

/** An emulator with a video that it sends slowly at first. */
const emulatorWithVideo = Effect.gen(function* () {
  const emulator = yield* Effect.acquireRelease(
    Effect.promise(() => runEmulator({ speed: 1_000_000 })),
    (running) => Effect.promise(() => running.close())
  )
  const get = (path: string, init?: RequestInit) => Effect.promise(() => fetch(`${emulator.url}${path}`, init))
  const url = yield* Effect.promise(async () => {
    const kling = createKling({ apiKey: emulator.apiKey, baseUrl: emulator.url })
    const { handle } = await kling.submit("new.t2v.kling-3.0-turbo", { prompt: "a cat", durationSeconds: 3 })
    const { outputs } = await kling.wait(handle)
    await kling.close()
    const [output] = outputs
    return output?.type === "video" ? output.url : ""
  })
  const video = new Uint8Array(yield* Effect.promise(async () => (await fetch(url)).arrayBuffer()))
  const body = JSON.stringify({ faults: [{ fault: "slow-download", bytesPerSecond: 100_000, nth: 1 }] })
  yield* get("/_emulator/faults", { method: "POST", body })
  const downloads = Effect.map(
    Effect.flatMap(get("/_emulator/requests"), (response) => Effect.promise(() => response.json())),
    ({ requests }: { readonly requests: ReadonlyArray<Record<string, unknown>> }) =>
      requests.flatMap(({ operation, status, bytes }) => (operation === "files" ? [{ status, bytes }] : []))
  )
  return { url, video, downloads }
})

describe("a program that is killed during its download", () => {
  it.live("leaves what it has to the next, which asks only for the rest", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const { url, video, downloads } = yield* emulatorWithVideo
      const running = spawn(execPath, [program, url, folder], { stdio: "inherit" })
      expect(yield* Effect.promise(() => once(running, "exit"))).toEqual([null, "SIGKILL"])
      const part = readdirSync(folder).find((name) => name.endsWith(".part")) ?? ""
      const received = statSync(`${folder}/${part}`).size
      expect(received).toBeGreaterThan(0)
      expect(received).toBeLessThan(video.length)

      yield* saveOutputs(folder, "task", {
        outputs: [{ type: "video", url }],
        policy: { klingIsLocal: true, privateHosts: [] }
      })
      expect(Buffer.compare(yield* fs.readFile(`${folder}/task.mp4`), video)).toBe(0)
      expect(readdirSync(folder).toSorted()).toEqual(["task.mp4", "task.mp4.json"])
      expect((yield* downloads).slice(1)).toEqual([
        { status: 200, bytes: video.length },
        { status: 206, bytes: video.length - received }
      ])
    }).pipe(Effect.provide([NodeFileSystem.layer, NodePath.layer, nodeFileHost]))
  )
})
