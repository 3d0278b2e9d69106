import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { nodeFileHost } from "@klingkit/media/node"
import { Effect, Layer } from "effect"
import { readMediaInput } from "./media-inputs.ts"

const config = { homeDir: "/home", outputDir: "/home/out", inputDirs: [] }

it.effect("a media input outside the readable folders is refused as a failure of jobs, with nothing charged", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(readMediaInput("audio", "audio", "/etc/passwd", config))
    expect(error).toMatchObject({ code: "JOB_FILE_DENIED", wasCharged: "no" })
    expect(error.message).toContain("/etc/passwd: is outside the readable folders")
  }).pipe(Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHost)))
)
