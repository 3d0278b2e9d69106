import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { CallbackAddresses } from "./callback-addresses.ts"

const handle = `kk-t2v-${"7".repeat(26)}`
const withSecret = (secret: string) =>
  CallbackAddresses.layer.pipe(
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { KLINGKIT_SECRET: secret } })))
  )
const pathOf = CallbackAddresses.use((addresses) => addresses.pathOf(handle))
const handleOf = (path: string) => CallbackAddresses.use((addresses) => addresses.handleOf(path))

describe("the address of a job", () => {
  it.effect("is the same for all servers with one secret, and known to no other", () =>
    Effect.gen(function* () {
      const path = yield* Effect.provide(pathOf, withSecret("shared"))
      expect(path).toMatch(/^\/callbacks\/kling\/kk-t2v-7{26}\/[\w-]{43}$/)
      expect(yield* Effect.provide(handleOf(path), withSecret("shared"))).toBe(handle)
      for (const secret of ["another", ""]) {
        expect(yield* Effect.provide(handleOf(path), withSecret(secret))).toBeUndefined()
      }
    })
  )

  it.effect("is no address when any part of it is changed", () =>
    Effect.gen(function* () {
      const path = yield* pathOf
      const others = [
        path.replace("t2v-7", "t2v-8"),
        `${path}A`,
        path.slice(0, -1),
        `${path}/`,
        `/callbacks/kling/${handle}`
      ]
      for (const other of [...others, "/callbacks/kling/../kling", ""]) expect(yield* handleOf(other)).toBeUndefined()
      expect(yield* handleOf(path)).toBe(handle)
    }).pipe(Effect.provide(withSecret("shared")))
  )
})
