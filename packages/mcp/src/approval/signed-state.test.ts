import type { ServerContext } from "@modelcontextprotocol/server"
import { ConfigProvider, Layer, ManagedRuntime, Option } from "effect"
import { hkdfSync } from "node:crypto"
import { describe, expect, it } from "vitest"
import { SignedState } from "./signed-state.ts"

// The codec hands it to `bind`, which needs nothing of it here.
const ctx = {} as ServerContext

const sign = (content: unknown) => SignedState.use((state) => state.sign(content))
const verify = (signed: string) => SignedState.use((state) => state.verify(signed, ctx))

const program = (environment: Readonly<Record<string, string>>) => {
  const config = ConfigProvider.layer(ConfigProvider.fromUnknown(environment))
  return ManagedRuntime.make(SignedState.layerConfig.pipe(Layer.provide(config)))
}

describe("signed state", () => {
  it("is signed with the HKDF-SHA256 key of the secret, which replicas of any version share", async () => {
    const key = new Uint8Array(hkdfSync("sha256", "of the team", "", "klingkit request state", 32))
    const replica = ManagedRuntime.make(SignedState.layer(key))
    const signed = await program({ KLINGKIT_SECRET: "of the team" }).runPromise(sign("token"))
    expect(await replica.runPromise(verify(signed))).toEqual(Option.some("token"))
  })

  it("verifies unchanged content only", async () => {
    const one = program({})
    const content = { token: "token", purpose: "anna's call" }
    const signed = await one.runPromise(sign(content))
    expect(await one.runPromise(verify(signed))).toEqual(Option.some(content))
    for (const other of ["", "v1.", "v1.x.y", `${signed}.`, ` ${signed}`, signed.toLowerCase(), "\0"]) {
      expect(await one.runPromise(verify(other))).toEqual(Option.none())
    }
  })

  it("is valid in its own process, or in every process that shares the secret", async () => {
    const secret = { KLINGKIT_SECRET: "of the team" }
    const own = await program({}).runPromise(sign("token"))
    const shared = await program(secret).runPromise(sign("token"))
    expect(await program(secret).runPromise(verify(shared))).toEqual(Option.some("token"))
    for (const environment of [{}, { KLINGKIT_SECRET: "" }, { KLINGKIT_SECRET: "of others" }]) {
      for (const signed of [own, shared]) {
        expect(await program(environment).runPromise(verify(signed))).toEqual(Option.none())
      }
    }
  })
})
