import { runEmulator } from "@klingkit/emulator"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { klingkit, temporaryFolder } from "./testing/built-klingkit.ts"

const count = 50

it("a batch that is killed halfway and run again pays for each line once", async () => {
  const emulator = await runEmulator({
    speed: 1e6,
    seed: 1,
    faults: { packs: { video: { units: 1e6, concurrency: 1000 } } }
  })
  const cwd = temporaryFolder()
  const env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey, KLINGKIT_HOME: join(cwd, "ledger") }
  const prompts = Array.from({ length: count }, (_, index) => `a paper boat, number ${index + 1}`)
  writeFileSync(join(cwd, "videos.json"), JSON.stringify(prompts.map((prompt) => ({ prompt }))))
  const args = ["batch", "videos.json", "--wait", "--json", "--parallel", "8"]
  const killed = klingkit(args, { env, cwd })
  await killed.says("stderr", /^20 of 50/m)
  killed.child.kill("SIGKILL")
  await killed.ended
  // In another order and spelled otherwise, the lines are the same.
  const moved = prompts.toReversed().map((prompt) => ({ prompt: ` ${prompt}`, duration: 5 }))
  writeFileSync(join(cwd, "videos.json"), JSON.stringify(moved))
  const { exitCode, stdout } = await klingkit(args, { env, cwd }).ended
  const results = JSON.parse(stdout) as ReadonlyArray<{ readonly status: string }>
  expect([exitCode, results.filter(({ status }) => status === "succeed").length]).toEqual([0, count])
  const ledger = await fetch(`${emulator.url}/_emulator/ledger`)
  const { charges } = (await ledger.json()) as { readonly charges: ReadonlyArray<unknown> }
  expect(charges).toHaveLength(count)
  await emulator.close()
}, 180_000)
