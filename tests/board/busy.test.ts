import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type BoardPage, type BoardTurn, openProduct, type Product } from "./open-board.ts"

const imageTurn: BoardTurn = { tool: "generate_image", args: { prompt: "a lighthouse" } }

describe("the board while the chat takes long to answer", () => {
  let product: Product
  let board: BoardPage
  let taskId: string
  const button = (name: string | RegExp) => board.board.getByRole("button", { name, exact: typeof name === "string" })
  const isDisabled = async (name: string) => (await button(name).getAttribute("aria-disabled")) === "true"
  const focused = () => board.frame().evaluate(() => document.activeElement?.getAttribute("data-name"))
  const calls = async (tool: string) => (await board.received()).calls.filter(({ name }) => name === tool).length
  const taskCount = async () => (await product.ledger()).tasks.length

  beforeAll(async () => {
    product = await openProduct()
    const page = await product.openPage()
    await page.turn({ ...imageTurn, args: { prompt: "an earlier one" } })
    await product.finish(1)
    await page.turn(imageTurn)
    taskId = await page.text("#details dd.id")
    await product.finish(2)
    await page.close()
  })
  beforeEach(async () => {
    board = await product.openPage()
  })
  afterAll(() => product.close())

  const openImage = async (turn: Partial<BoardTurn>) => {
    await board.turn({ ...imageTurn, answer: { structuredContent: { task_id: taskId, status: "submitted" } }, ...turn })
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
  }

  it("saves once, says so on the button, and does everything else meanwhile", async () => {
    await openImage({ held: ["download_task"] })
    await button("Save").click()
    await expect.poll(() => isDisabled("Saving …")).toBe(true)
    expect(await focused()).toBe("save")
    await button("Saving …").press("Enter")
    await button("Open").click()
    await button("Copy link").click()
    await expect.poll(() => board.text("#note")).toBe("Link copied.")
    await expect.poll(async () => (await board.received()).opened.length).toBe(1)
    await button("Edit and regenerate").click()
    await expect.poll(() => board.board.getByRole("textbox").inputValue()).toBe("a lighthouse")
    expect(await calls("download_task")).toBe(1)
    await board.release()
    await expect.poll(() => board.text("#note")).toBe("Saved.")
    expect(await button("Copy path 1").count()).toBe(1)
  })

  it("tells the outcome where it belongs: at the task that it was started for", async () => {
    await openImage({ held: ["download_task"] })
    await button(/^Show an earlier one/).click()
    await button("Save").click()
    await expect.poll(() => isDisabled("Saving …")).toBe(true)
    await button(/^Show a lighthouse/).click()
    expect(await button("Saving …").count()).toBe(0)
    await board.release()
    await expect.poll(async () => (await board.received()).answered).toContain("download_task")
    await board.settled()
    expect([await board.text("#title"), await board.text("#note")]).toEqual(["a lighthouse", ""])
    await button(/^Show an earlier one/).click()
    await expect.poll(() => board.text("#note")).toBe("Saved.")
  })

  it("sends a paid request once, however often it is clicked", async () => {
    await openImage({ without: ["message"], held: ["generate_image"] })
    const before = await taskCount()
    await button("Edit and regenerate").click()
    await board.board.getByRole("textbox").fill("a lighthouse in fog")
    await button(/^Generate again/).click()
    await expect.poll(() => isDisabled("Sending …")).toBe(true)
    await button("Sending …").press("Enter")
    await board.board.getByRole("textbox").press("Control+Enter")
    expect(await board.board.getByRole("textbox").inputValue()).toBe("a lighthouse in fog")
    await board.settled()
    await board.release()
    await expect.poll(() => board.text("#title")).toBe("a lighthouse in fog")
    expect(await calls("generate_image")).toBe(1)
    await product.finish(before + 1)
    expect(await taskCount()).toBe(before + 1)
  })
})
