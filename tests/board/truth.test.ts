import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("what the board says", () => {
  let product: Product
  let board: BoardPage
  let tasks = 0
  const create = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    await board.turn({ tool, args })
    return board.text("#details dd.id")
  }
  const ended = () => board.until(async () => /^(Ready|Failed)/.test(await board.text("#kind")))

  beforeAll(async () => {
    product = await openProduct()
  })
  beforeEach(async () => {
    board = await product.openPage()
    return () => board.close()
  })
  afterAll(() => product.close())

  it("is the answer itself where there is no task, and nothing seems to run", async () => {
    await board.turn({ tool: "list_tasks", args: {} })
    await expect.poll(() => board.text("#player")).toContain("No tasks")
    expect(await board.text("#player")).not.toContain("Sending")
    expect(await board.board.locator("#player .line").count()).toBe(0)
  })

  it("is what the day has cost, a pipeline once, as Kling has charged it", async () => {
    const video = await create("generate_video", { prompt: "a speaker", duration: 5 })
    await product.finish(++tasks)
    await create("create_lipsync", { task_id: video, tts_text: "Good morning, and welcome" })
    // The speech ends at once; the lip-sync begins when the page is open.
    tasks += 2
    await product.finish(tasks)
    await ended()
    const charges = (await product.ledger()).charges as ReadonlyArray<{ readonly usd: number }>
    const usd = Math.round(charges.reduce((sum, charge) => sum + charge.usd, 0) * 1e6) / 1e6
    await expect.poll(() => board.text("#cost")).toBe(`Today (UTC): $${usd} charged`)
  })

  it("is the cost of a failed task once, with the reason if it is unknown", async () => {
    await product.injectFault({ fault: "fail", message: "Refused." })
    await create("generate_video", { prompt: "a lighthouse" })
    await product.finish(++tasks)
    await ended()
    await expect.poll(() => board.text("#player")).toContain("Charged: unknown: Kling did not report it")
    await board.settled()
    expect((await board.text("main")).match(/Charged: unknown: Kling|Charged/g)).toEqual(["Charged: unknown: Kling"])
  })
})
