import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { type BoardPage, type BoardTurn, openProduct, type Product } from "./open-board.ts"

const film: BoardTurn = { tool: "generate_video", args: { prompt: "a lighthouse", duration: 5, aspect_ratio: "1:1" } }

describe("asking for more from the board", () => {
  let product: Product
  let taskId: string
  let board: BoardPage
  const button = (name: string) => board.board.getByRole("button", { name })
  const field = () => board.board.getByRole("textbox")
  const made = async () => (await product.ledger()).tasks.length

  /** The same finished film in a chat that can do more or less. */
  const openFilm = async (turn: Partial<BoardTurn> = {}) => {
    board = await product.openPage()
    await board.turn({ ...film, answer: { structuredContent: { task_id: taskId, status: "submitted" } }, ...turn })
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
  }

  beforeAll(async () => {
    vi.stubEnv("KLINGKIT_MAX_USD_PER_CALL", "0.8")
    product = await openProduct()
    const page = await product.openPage()
    await page.turn(film)
    taskId = await page.text("#facts dd.id")
    await product.finish(1)
    await page.close()
  }, 60_000)
  beforeEach(() => openFilm())
  afterAll(() => product.close())

  it("puts a request with changes into the chat, and spends nothing by itself", async () => {
    await button("Try again with changes").click()
    expect(await field().inputValue()).toBe("a lighthouse")
    expect(await board.text("#form")).toContain("charged anew; this one was quoted at 0.42 USD")
    await field().fill("a lighthouse in a storm")
    await field().press("Control+Enter")
    await expect
      .poll(async () => (await board.heard()).messages)
      .toEqual([
        `Make task ${taskId} again, as a new task, with generate_video (duration 5, aspect_ratio "1:1") and this prompt:\n\na lighthouse in a storm`
      ])
    expect(await made()).toBe(1)
    expect(await board.text("#note")).toBe("Asked for in the chat.")
  })

  it("knows the whole prompt of a task that it did not see being made", async () => {
    const prompt = `a lighthouse ${"in a storm, ".repeat(40)}at last`
    await board.turn({ tool: "generate_video", args: { prompt } })
    await product.finish(2)
    const id = await board.text("#facts dd.id")
    board = await product.openPage()
    await board.turn({ tool: "check_video_status", args: { task_id: id } })
    await button("Try again with changes").click()
    await expect.poll(() => field().inputValue()).toBe(prompt)
  })

  it("says so when nothing was changed, since klingkit gives a repeated request its first task", async () => {
    await button("Try again with changes").click()
    await button("Ask for it").click()
    await expect
      .poll(async () => (await board.heard()).messages)
      .toEqual([expect.stringContaining("allow_repeat true")])
  })

  it("asks what happens next in a film that is to be extended", async () => {
    await button("Extend").click()
    await button("Ask to extend").click()
    expect((await board.heard()).messages).toEqual([])
    await field().fill("the beam sweeps over the sea")
    await button("Ask to extend").click()
    await expect
      .poll(async () => (await board.heard()).messages)
      .toEqual([
        `Extend the video of task ${taskId} with extend_video. What happens next:\n\nthe beam sweeps over the sea`
      ])
  })

  it("closes the form by Escape and gives the focus back", async () => {
    await button("Try again with changes").click()
    await field().press("Escape")
    expect(await field().count()).toBe(0)
    expect(await board.frame().evaluate(() => document.activeElement?.getAttribute("data-name"))).toBe("again")
  })

  it("calls the tool itself where the chat takes no messages; the server's limits hold as ever", async () => {
    const args = { ...film.args, duration: 10 }
    await openFilm({ args, without: ["message"] })
    await button("Try again with changes").click()
    await field().fill("twice as long")
    await button("Ask for it").click()
    await expect.poll(() => board.text("#note")).toMatch(/over the limit .* Charged: no /)
    expect(await made()).toBe(2)
  })

  it("follows the new task that such a call has started", async () => {
    await openFilm({ without: ["message"] })
    await button("Try again with changes").click()
    await field().fill("a lighthouse at noon")
    await button("Ask for it").click()
    await expect.poll(() => board.text("#title")).toBe("a lighthouse at noon")
    await product.finish(3)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    expect(await made()).toBe(3)
  })

  it("shows the film that was made from another one, not that other one", async () => {
    const page = await product.openPage()
    await page.turn({ tool: "extend_video", args: { task_id: taskId, prompt: "dawn breaks" } })
    expect(await page.text("#title")).toBe("dawn breaks")
    expect(await page.text("#facts dd.id")).not.toBe(taskId)
    await product.finish(4)
    await page.until(async () => (await page.text("#kind")).startsWith("Ready"))
    expect(await page.text("#facts dd.id")).not.toBe(taskId)
  })

  it("offers only what the chat can do", async () => {
    await openFilm({ without: ["message", "downloadFile"] })
    expect(await button("Download").count()).toBe(0)
    expect(await button("Try again with changes").count()).toBe(1)
    await board.turn({
      ...film,
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
