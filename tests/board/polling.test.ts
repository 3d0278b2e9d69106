import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("how the board polls a task", () => {
  let product: Product
  let board: BoardPage
  let count = 0

  /** As the browser reports it when the user leaves the tab or returns to it. */
  const setHidden = (hidden: boolean) =>
    board.frame().evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden })
      document.dispatchEvent(new Event("visibilitychange"))
    }, hidden)

  beforeAll(async () => {
    product = await openProduct()
  })
  beforeEach(async () => {
    board = await product.openPage()
    await board.turn({ tool: "generate_video", args: { prompt: `video ${++count}` } })
    await board.passSeconds(1)
    await expect.poll(() => board.statusReads()).toBe(1)
  })
  afterEach(async () => {
    await product.finish(count)
    await board.close()
  })
  afterAll(() => product.close())

  it("polls every few seconds", async () => {
    for (let polls = 2; polls <= 4; polls++) {
      await board.passSeconds(10)
      await expect.poll(() => board.statusReads()).toBe(polls)
    }
  })

  it("does not poll while hidden, and polls at once when shown again", async () => {
    await setHidden(true)
    await board.passSeconds(600)
    await board.settled()
    expect(await board.statusReads()).toBe(1)
    await setHidden(false)
    await board.passSeconds(1)
    await expect.poll(() => board.statusReads()).toBe(2)
  })

  it("does nothing more after teardown", async () => {
    await board.tearDown()
    await board.settled()
    const { calls } = await board.received()
    await board.passSeconds(600)
    await setHidden(true)
    await setHidden(false)
    await board.passSeconds(600)
    await board.settled()
    expect((await board.received()).calls).toEqual(calls)
  })

  it("follows the first of a list of tasks, and shows the others", async () => {
    await board.turn({ tool: "list_tasks", args: { page_size: 3 } })
    const before = await board.statusReads()
    await board.passSeconds(5)
    await expect.poll(() => board.statusReads()).toBeGreaterThan(before)
    await expect.poll(() => board.text("#title")).toBe(`video ${count}`)
    await expect
      .poll(() => board.board.locator("#thumbnails .title").allInnerTexts())
      .toEqual([count, count - 1, count - 2].map((number) => `video ${number}`))
    await expect.poll(() => board.board.locator("#thumbnails video").count()).toBe(2)
  })

  it("polls less and less often when klingkit is unreachable, and says that the task is still running", async () => {
    await board.turn({ tool: "generate_video", args: { prompt: `video ${++count}` }, broken: ["board_tasks"] })
    const before = await board.statusReads()
    const pollsIn = async (seconds: number) => {
      const first = await board.statusReads()
      for (let passed = 0; passed < seconds; passed++) {
        await board.passSeconds(1)
        await board.settled()
      }
      return (await board.statusReads()) - first
    }
    expect(await pollsIn(20)).toBeGreaterThanOrEqual(2)
    await expect
      .poll(() => board.text("#player"))
      .toContain("Cannot reach klingkit; retrying. The task is still running.")
    expect(await pollsIn(60)).toBeLessThanOrEqual(2)
    expect(await board.statusReads()).toBeGreaterThan(before)
  })

  it("shows progress while the call that waits for the task has not returned", async () => {
    const taskId = await board.text("#details dd.id")
    const waiting = board.turn({ tool: "wait_for_task", args: { task_id: taskId, timeout_seconds: 4 } })
    await expect.poll(() => board.text("#kind").catch(() => "")).toMatch(/^(Submitted|Processing)/)
    await product.finish(count)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    await waiting
    await board.settled()
    expect(await board.text("#kind")).toMatch(/^Ready/)
  })

  it("shows all tasks that a call waits for, while it waits and as it answers", async () => {
    const shownId = () => board.text("#details dd.id").catch(() => "")
    const first = await shownId()
    await board.turn({ tool: "generate_video", args: { prompt: `video ${++count}` } })
    await expect.poll(() => board.text("#title").catch(() => "")).toBe(`video ${count}`)
    const second = await shownId()
    const waiting = board.turn({ tool: "wait_for_task", args: { task_ids: [first, second], timeout_seconds: 4 } })
    await expect.poll(shownId).toBe(first)
    await product.finish(count)
    await waiting
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    const titles = async () => (await board.board.locator("#thumbnails .title").allInnerTexts()).toSorted()
    await expect.poll(titles).toEqual([`video ${count - 1}`, `video ${count}`])
    expect(await board.text("#kind")).toMatch(/^Ready · kling-3\.0 · 5 s · 16:9 · 720p$/)
  })
})
