import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { Deferred, Effect, Fiber, FileSystem, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { receiveFile } from "./receive-file.ts"

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHostBehindProxies)
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(90))

it.effect("an upload that stalls is given up", () =>
  Effect.gen(function* () {
    const isWaiting = yield* Deferred.make<void>()
    const silence = Stream.fromEffect(Effect.andThen(Deferred.succeed(isWaiting, undefined), Effect.never))
    const receiving = yield* Effect.forkChild(
      Effect.flip(Effect.scoped(receiveFile(Stream.concat(Stream.make(png), silence))))
    )
    yield* Deferred.await(isWaiting)
    yield* TestClock.adjust("30 seconds")
    expect(yield* Fiber.join(receiving)).toMatchObject({ status: 408 })
  }).pipe(Effect.provide(node))
)

it.effect("what is too large, or not media, is refused as soon as it shows", () =>
  Effect.gen(function* () {
    let pulled = 0
    const endless = (first: Uint8Array) =>
      Stream.concat(
        Stream.make(first),
        Stream.fromEffectRepeat(
          Effect.sync(() => {
            pulled += 1
            return new Uint8Array(1_000_000)
          })
        )
      )
    const refusal = (first: Uint8Array) => Effect.flip(Effect.scoped(receiveFile(endless(first))))
    expect(yield* refusal(png)).toMatchObject({ status: 413 })
    expect(pulled).toBeLessThan(60)
    pulled = 0
    expect(yield* refusal(new TextEncoder().encode("no media ".repeat(20)))).toMatchObject({ status: 415 })
    expect(pulled).toBeLessThan(3)
  }).pipe(Effect.provide(node))
)

it.effect("a file lies on the disk as long as it is used, and no longer", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const kept: Array<string> = []
    const refused = receiveFile(Stream.make(png)).pipe(
      Effect.provideService(FileSystem.FileSystem, {
        ...fs,
        makeTempDirectoryScoped: (options) =>
          Effect.tap(fs.makeTempDirectoryScoped(options), (folder) => Effect.sync(() => kept.push(folder)))
      })
    )
    expect(yield* Effect.flip(Effect.scoped(refused))).toMatchObject({ status: 415 })
    const [folder = ""] = kept
    expect(folder).toContain("klingkit-upload-")
    expect(yield* fs.exists(folder)).toBe(false)
  }).pipe(Effect.provide(node))
)
