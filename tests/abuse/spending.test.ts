import { afterAll, beforeAll, expect, it } from "vitest"
import { type Answer, connect, type Host } from "../mcp/hosts.ts"
import { freshKling } from "../mcp/emulated-kling.ts"

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

it("abuse 37: a model that sends the same request 20 times gets one video, and pays once", async () => {
  const calls = Array.from({ length: 10 }, () => host.call("generate_video", { prompt: "a red kite" }))
  const answers = await Promise.all(calls)
  for (let call = 0; call < 10; call += 1) answers.push(await host.call("generate_video", { prompt: "a red kite" }))
  expect(new Set(answers.map(({ structured }) => structured?.["task_id"])).size).toBe(1)
  await kling.finishTasks()
  expect((await kling.ledger()).charges).toMatchObject([{ units: 3 }])
})

it("abuse 36: a model that requests 500 videos reaches the daily limit, which each refusal names", async () => {
  const before = (await kling.ledger()).tasks.length
  const answers: Array<Answer> = []
  for (let round = 0; round < 50; round += 1) {
    const calls = Array.from({ length: 10 }, (_, index) =>
      host.call("generate_video", { prompt: `video ${round}-${index}` })
    )
    answers.push(...(await Promise.all(calls)))
  }
  await kling.finishTasks()
  // Three videos at $0.42 fit below $1.50; one was made before.
  expect((await kling.ledger()).tasks).toHaveLength(before + 2)
  const refused = answers.filter(({ isError }) => isError)
  expect(refused).toHaveLength(498)
  for (const { text } of refused) expect(text).toMatch(/\nCharged: no\n[^]*KLINGKIT_MAX_USD_PER_DAY/)
})

it("abuse 36: a video above the per-call limit is refused by name", async () => {
  const { text } = await host.call("generate_video", { prompt: "long", duration: 15 })
  expect(text).toMatch(/\nCharged: no\n[^]*KLINGKIT_MAX_USD_PER_CALL/)
})
