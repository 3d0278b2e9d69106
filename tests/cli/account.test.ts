import { runEmulator } from "@klingkit/emulator"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { klingkit, temporaryFolder } from "./testing/built-klingkit.ts"

it("a key that was rotated between two runs of a batch and a request with a key pays for none of it again", async () => {
  const emulator = await runEmulator({ speed: 1e6, seed: 1 })
  const cwd = temporaryFolder()
  const env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey, KLINGKIT_HOME: join(cwd, "ledger") }
  writeFileSync(join(cwd, "videos.json"), JSON.stringify([{ prompt: "a paper boat" }, { prompt: "a paper plane" }]))
  const commands = [
    ["batch", "videos.json", "--wait", "--json"],
    ["image", "create", "a lighthouse", "--key", "order-7", "--json"]
  ]
  const handles = async (given: typeof env) => {
    const found: Array<string> = []
    for (const args of commands) {
      const { exitCode, stdout } = await klingkit(args, { env: given, cwd }).ended
      expect(exitCode).toBe(0)
      found.push(...(stdout.match(/kk-\w+-\w{26}/g) ?? []))
    }
    return [...new Set(found)]
  }
  const first = await handles(env)
  const answer = await fetch(`${emulator.url}/_emulator/rotate-key`, { method: "POST", body: '{"revoke":true}' })
  const { apiKey } = (await answer.json()) as { readonly apiKey: string }
  // Another spelling of the base URL as well.
  expect(await handles({ ...env, KLINGAI_API_KEY: apiKey, KLINGAI_BASE_URL: `${emulator.url}/` })).toEqual(first)
  expect(first).toHaveLength(3)
  const ledger = await fetch(`${emulator.url}/_emulator/ledger`)
  expect(((await ledger.json()) as { readonly charges: ReadonlyArray<unknown> }).charges).toHaveLength(3)
  await emulator.close()
})
