import type { ServerContext } from "@modelcontextprotocol/server"
import { ConfigProvider, Layer, ManagedRuntime, Option } from "effect"
import { describe, expect, it } from "vitest"
import { StateSeal } from "./state-seal.ts"

// The codec hands it to `bind`, which needs nothing of it here.
const ctx = {} as ServerContext

const sealing = (content: unknown) => StateSeal.use((seal) => seal.seal(content))
const opening = (sealed: string) => StateSeal.use((seal) => seal.open(sealed, ctx))

const program = (environment: Readonly<Record<string, string>>) => {
  const config = ConfigProvider.layer(ConfigProvider.fromUnknown(environment))
  return ManagedRuntime.make(StateSeal.layerConfig.pipe(Layer.provide(config)))
}

describe("the seal", () => {
  it("opens as it was made, and not when it was changed", async () => {
    const one = program({})
    const content = { token: "token", purpose: "anna's call" }
    const sealed = await one.runPromise(sealing(content))
    expect(await one.runPromise(opening(sealed))).toEqual(Option.some(content))
    for (const other of ["", "v1.", "v1.x.y", `${sealed}.`, ` ${sealed}`, sealed.toLowerCase(), "\0"]) {
      expect(await one.runPromise(opening(other))).toEqual(Option.none())
    }
  })

  it("is that of its process, unless a secret makes it that of many", async () => {
    const secret = { KLINGKIT_SECRET: "of the team" }
    const own = await program({}).runPromise(sealing("token"))
    const shared = await program(secret).runPromise(sealing("token"))
    expect(await program(secret).runPromise(opening(shared))).toEqual(Option.some("token"))
    for (const environment of [{}, { KLINGKIT_SECRET: "" }, { KLINGKIT_SECRET: "of others" }]) {
      for (const sealed of [own, shared]) {
        expect(await program(environment).runPromise(opening(sealed))).toEqual(Option.none())
      }
    }
  })
})
