import { afterAll, beforeAll, expect, it } from "vitest"
import { type Answer, connect, type Host } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/kling.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let host: Host

beforeAll(async () => {
  kling = await freshKling()
  const limits = { KLINGKIT_MAX_USD_PER_DAY: "1.5", KLINGKIT_MAX_USD_PER_CALL: "1" }
  host = await connect("stdio", "v2 2026-07-28", { ...kling.env, ...limits })
})
afterAll(async () => {
  await host.close()
  await kling.close()
})

it("abuse 37: a model that asks 20 times for the same film gets one film, and pays once", async () => {
  const asked = Array.from({ length: 10 }, () => host.call("generate_video", { prompt: "again" }))
  const answers = await Promise.all(asked)
  for (let turn = 0; turn < 10; turn += 1) answers.push(await host.call("generate_video", { prompt: "again" }))
  expect(new Set(answers.map(({ facts }) => facts?.["task_id"])).size).toBe(1)
  await kling.passTime()
  expect((await kling.ledger()).charges).toMatchObject([{ units: 3 }])
})

it("abuse 36: a model that asks for 500 films reaches the day's limit, which each refusal names", async () => {
  const before = (await kling.ledger()).tasks.length
  const answers: Array<Answer> = []
  for (let round = 0; round < 50; round += 1) {
    const asked = Array.from({ length: 10 }, (_, index) =>
      host.call("generate_video", { prompt: `film ${round}-${index}` })
    )
    answers.push(...(await Promise.all(asked)))
  }
  await kling.passTime()
  // Three films of 0.42 USD fit below 1.50; one was made before.
  expect((await kling.ledger()).tasks).toHaveLength(before + 2)
  const refused = answers.filter(({ isError }) => isError)
  expect(refused).toHaveLength(498)
  for (const { text } of refused) expect(text).toMatch(/\nCharged: no\n[^]*KLINGKIT_MAX_USD_PER_DAY/)
}, 120_000)

it("abuse 36: one film above the limit of a call is refused by name", async () => {
  const { text } = await host.call("generate_video", { prompt: "long", duration: 15 })
  expect(text).toMatch(/\nCharged: no\n[^]*KLINGKIT_MAX_USD_PER_CALL/)
})
