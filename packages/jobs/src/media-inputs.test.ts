import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { findOperation, type KlingError } from "@klingkit/core"
import type { FileHost } from "@klingkit/media"
import { nodeFileHost } from "@klingkit/media/node"
import { Effect, type FileSystem, Layer, type Path } from "effect"
import type { JobError } from "./job-error.ts"
import { readMediaInput, readOperationMedia } from "./media-inputs.ts"

const config = { homeDir: "/home", outputDir: "/home/out", inputDirs: [], limits: {}, principal: "local" }
const avatar = findOperation("legacy.avatar")
const path = "/etc/passwd"

const reads: Readonly<Record<string, ReturnType<typeof readMediaInput | typeof readOperationMedia>>> = {
  "a single one": readMediaInput("audio", "audio", path, config),
  "one of an operation":
    avatar === undefined ? Effect.die("no avatar") : readOperationMedia(avatar, { image: path }, config)
}

describe("a media input outside the readable folders", () => {
  it.effect.each(Object.entries(reads))("is refused as a failure of jobs, with nothing charged: %s", ([, read]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip<unknown, JobError | KlingError, FileHost | FileSystem.FileSystem | Path.Path>(
        read
      )
      expect(error).toMatchObject({ code: "JOB_FILE_DENIED", wasCharged: "no" })
      expect(error.message).toContain("/etc/passwd: is outside the readable folders")
    }).pipe(Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHost)))
  )
})
