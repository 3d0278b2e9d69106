import type { ServerContext } from "@modelcontextprotocol/server"
import { ConfigProvider, Layer, ManagedRuntime, Option } from "effect"
import { describe, expect, it } from "vitest"
import { StateSeal } from "./state-seal.ts"

// The codec hands it to `bind`, which needs nothing of it here.
const ctx = {} as ServerContext

const sealing = (content: string, purpose: string) => StateSeal.use((seal) => seal.seal(content, purpose, ctx))
const opening = (sealed: string, purpose: string) => StateSeal.use((seal) => seal.open(sealed, purpose, ctx))

const program = (environment: Readonly<Record<string, string>>) => {
  const config = ConfigProvider.layer(ConfigProvider.fromUnknown(environment))
  return ManagedRuntime.make(StateSeal.layerConfig.pipe(Layer.provide(config)))
}

describe("the seal", () => {
  it("opens for its purpose alone, and shows nothing of it", async () => {
    const one = program({})
    const sealed = await one.runPromise(sealing("token", "anna's call"))
    expect(await one.runPromise(opening(sealed, "anna's call"))).toEqual(Option.some("token"))
    expect(await one.runPromise(opening(sealed, "ben's call"))).toEqual(Option.none())
    expect(sealed).not.toContain("anna")
    for (const other of ["", "v1.", "v1.x.y", `${sealed}.`, ` ${sealed}`, sealed.toLowerCase(), "\0"]) {
      expect(await one.runPromise(opening(other, "anna's call"))).toEqual(Option.none())
    }
  })

  it("is that of its process, unless a secret makes it that of many", async () => {
    const secret = { KLINGKIT_SECRET: "of the team" }
    const own = await program({}).runPromise(sealing("token", "call"))
    const shared = await program(secret).runPromise(sealing("token", "call"))
    expect(await program(secret).runPromise(opening(shared, "call"))).toEqual(Option.some("token"))
    for (const environment of [{}, { KLINGKIT_SECRET: "" }, { KLINGKIT_SECRET: "of others" }]) {
      for (const sealed of [own, shared]) {
        expect(await program(environment).runPromise(opening(sealed, "call"))).toEqual(Option.none())
      }
    }
  })
})
