import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("how the board looks after a task", () => {
  let product: Product
  let board: BoardPage
  let made = 0

  /** As the browser reports it when the tab is left, or come back to. */
  const setHidden = (hidden: boolean) =>
    board.frame().evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden })
      document.dispatchEvent(new Event("visibilitychange"))
    }, hidden)

  beforeAll(async () => {
    product = await openProduct()
  }, 60_000)
  beforeEach(async () => {
    board = await product.openPage()
    await board.turn({ tool: "generate_video", args: { prompt: `film ${++made}` } })
    await board.passSeconds(1)
    await expect.poll(() => board.looks()).toBe(1)
  })
  afterEach(async () => {
    await product.finish(made)
    await board.close()
  })
  afterAll(() => product.close())

  it("looks again and again, in pauses of seconds", async () => {
    for (let look = 2; look <= 4; look++) {
      await board.passSeconds(10)
      await expect.poll(() => board.looks()).toBe(look)
    }
  })

  it("does not look while nobody sees it, and looks at once when somebody does", async () => {
    await setHidden(true)
    await board.passSeconds(600)
    await board.settled()
    expect(await board.looks()).toBe(1)
    await setHidden(false)
    await board.passSeconds(1)
    await expect.poll(() => board.looks()).toBe(2)
  })

  it("does nothing more once the chat has taken it down", async () => {
    await board.tearDown()
    const { calls } = await board.heard()
    await board.passSeconds(600)
    await setHidden(true)
    await setHidden(false)
    await board.passSeconds(600)
    await board.settled()
    expect((await board.heard()).calls).toEqual(calls)
  })

  it("follows the first of a list of tasks, and shows the others", async () => {
    await board.turn({ tool: "list_tasks", args: { page_size: 3 } })
    const before = await board.looks()
    await board.passSeconds(5)
    await expect.poll(() => board.looks()).toBeGreaterThan(before)
    expect(await board.text("#title")).toBe(`film ${made}`)
    expect(await board.board.locator("#strip .title").allInnerTexts()).toEqual(
      [made, made - 1, made - 2].map((number) => `film ${number}`)
    )
    await expect.poll(() => board.board.locator("#strip video").count()).toBe(2)
  })

  it("looks ever more rarely when klingkit is out of reach, and says that the task goes on", async () => {
    await board.turn({ tool: "generate_video", args: { prompt: `film ${++made}` }, broken: ["board_tasks"] })
    const before = await board.looks()
    const looksIn = async (seconds: number) => {
      const first = await board.looks()
      for (let passed = 0; passed < seconds; passed++) {
        await board.passSeconds(1)
        await board.settled()
      }
      return (await board.looks()) - first
    }
    expect(await looksIn(20)).toBeGreaterThanOrEqual(2)
    expect(await board.text("#stage")).toContain("Cannot reach klingkit; trying again. The task goes on.")
    expect(await looksIn(60)).toBeLessThanOrEqual(2)
    expect(await board.looks()).toBeGreaterThan(before)
  })

  it("shows how far a task is while the call that waits for it has not come back", async () => {
    const taskId = await board.text("#facts dd.id")
    const waiting = board.turn({ tool: "wait_for_task", args: { task_id: taskId, timeout_seconds: 4 } })
    await expect.poll(() => board.text("#kind").catch(() => "")).toMatch(/^(Submitted|Processing)/)
    await product.finish(made)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    await waiting
    await board.settled()
    expect(await board.text("#kind")).toMatch(/^Ready/)
  })
})
