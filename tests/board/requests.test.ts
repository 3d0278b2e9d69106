import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { type BoardPage, type BoardTurn, openProduct, type Product } from "./open-board.ts"

const videoTurn: BoardTurn = {
  tool: "generate_video",
  args: { prompt: "a lighthouse", duration: 5, aspect_ratio: "1:1" }
}

describe("new requests from the board", () => {
  let product: Product
  let taskId: string
  let board: BoardPage
  const button = (name: string | RegExp) => board.board.getByRole("button", { name })
  const field = () => board.board.getByRole("textbox")
  const taskCount = async () => (await product.ledger()).tasks.length

  /** The same finished video in chats with different abilities. */
  const openVideo = async (turn: Partial<BoardTurn> = {}) => {
    board = await product.openPage()
    await board.turn({ ...videoTurn, answer: { structuredContent: { task_id: taskId, status: "submitted" } }, ...turn })
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
  }

  beforeAll(async () => {
    vi.stubEnv("KLINGKIT_MAX_USD_PER_CALL", "0.8")
    product = await openProduct()
    const page = await product.openPage()
    await page.turn(videoTurn)
    taskId = await page.text("#details dd.id")
    await product.finish(1)
    await page.close()
  })
  beforeEach(() => openVideo())
  afterAll(async () => {
    await product.close()
    vi.unstubAllEnvs()
  })

  it("sends an edited request to the chat, and spends nothing by itself", async () => {
    await button("Edit and regenerate").click()
    expect(await field().inputValue()).toBe("a lighthouse")
    expect(await board.text("#form")).toContain("charged separately; this one was quoted at $0.42")
    await field().fill("a lighthouse in a storm")
    await field().press("Control+Enter")
    await expect
      .poll(async () => (await board.received()).messages)
      .toEqual([
        `Make task ${taskId} again, as a new task, with generate_video (duration 5, aspect_ratio "1:1") and this prompt:\n\na lighthouse in a storm`
      ])
    expect(await taskCount()).toBe(1)
    await expect.poll(() => board.text("#note")).toBe("Request added to the chat.")
  })

  it("knows the full prompt of a task created elsewhere", async () => {
    const prompt = `a lighthouse ${"in a storm, ".repeat(40)}at last`
    await board.turn({ tool: "generate_video", args: { prompt } })
    await product.finish(2)
    const id = await board.text("#details dd.id")
    board = await product.openPage()
    await board.turn({ tool: "check_video_status", args: { task_id: id } })
    await button("Edit and regenerate").click()
    await expect.poll(() => field().inputValue()).toBe(prompt)
  })

  it("allows a duplicate when nothing was changed, since klingkit would return the first task", async () => {
    await button("Edit and regenerate").click()
    await button(/^Generate again/).click()
    await expect
      .poll(async () => (await board.received()).messages)
      .toEqual([expect.stringContaining("allow_duplicate true")])
  })

  it("asks what happens next in a video to extend", async () => {
    await button("Extend").click()
    await button("Add next shot").click()
    await board.settled()
    expect((await board.received()).messages).toEqual([])
    await field().fill("the beam sweeps over the sea")
    await button("Add next shot").click()
    await expect
      .poll(async () => (await board.received()).messages)
      .toEqual([
        `Extend the video of task ${taskId} with extend_video. What happens next:\n\nthe beam sweeps over the sea`
      ])
  })

  it("closes the form on Escape and restores the focus", async () => {
    await button("Edit and regenerate").click()
    await field().press("Escape")
    expect(await field().count()).toBe(0)
    expect(await board.frame().evaluate(() => document.activeElement?.getAttribute("data-name"))).toBe("again")
  })

  it("calls the tool itself where the chat accepts no messages; the server's limits still hold", async () => {
    const args = { ...videoTurn.args, duration: 10 }
    await openVideo({ args, without: ["message"] })
    await button("Edit and regenerate").click()
    await field().fill("twice as long")
    await button(/^Generate again/).click()
    await expect.poll(() => board.text("#note")).toMatch(/exceeds the limit .* Charged: no /)
    expect(await taskCount()).toBe(2)
  })

  it("follows the new task of such a call", async () => {
    await openVideo({ without: ["message"] })
    await button("Edit and regenerate").click()
    await field().fill("a lighthouse at noon")
    await button(/^Generate again/).click()
    await expect.poll(() => board.text("#title")).toBe("a lighthouse at noon")
    await product.finish(3)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    expect(await taskCount()).toBe(3)
  })

  it("shows the extended video, not the original", async () => {
    const page = await product.openPage()
    await page.turn({ tool: "extend_video", args: { task_id: taskId, prompt: "dawn breaks" } })
    await expect.poll(() => page.text("#title")).toBe("dawn breaks")
    expect(await page.text("#details dd.id")).not.toBe(taskId)
    await product.finish(4)
    await page.until(async () => (await page.text("#kind")).startsWith("Ready"))
    expect(await page.text("#details dd.id")).not.toBe(taskId)
  })

  it("offers only what the chat can do", async () => {
    await openVideo({ without: ["message", "downloadFile"] })
    expect(await button("Download").count()).toBe(0)
    expect(await button("Edit and regenerate").count()).toBe(1)
    await board.turn({
      ...videoTurn,
      without: ["message", "serverTools", "downloadFile"],
      answer: {
        structuredContent: {
          task_id: taskId,
          status: "succeed",
          outputs: [{ type: "video", url: "https://p1-kling.klingai.com/a.mp4" }]
        }
      }
    })
    await expect
      .poll(() => board.board.locator("#actions button").allInnerTexts())
      .toEqual(["Open", "Copy link", "Compare"])
  })
})
