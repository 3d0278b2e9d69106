import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("nine pictures on the board", () => {
  let product: Product
  let board: BoardPage
  const press = (name: string | RegExp) =>
    board.board.getByRole("button", { name, exact: typeof name === "string" }).click()
  const focused = () => board.frame().evaluate(() => document.activeElement?.getAttribute("data-name"))
  const shown = () =>
    board.board.locator("#stage .media img").evaluateAll((images) => images.map((one) => one.getAttribute("alt")))

  beforeAll(async () => {
    product = await openProduct()
    board = await product.openPage()
    await board.turn({ tool: "generate_image", args: { prompt: "one of each", num_images: 1 } })
    await product.finish(1)
    await board.turn({ tool: "generate_image", args: { prompt: "a red kite", num_images: 9, aspect_ratio: "3:2" } })
    await product.finish(2)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
  }, 60_000)
  afterAll(() => product.close())

  it("stand in a grid, each in its own shape", async () => {
    const tiles = board.board.locator("#stage .tile img")
    await expect
      .poll(() => tiles.evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length), {
        timeout: 15_000
      })
      .toBe(9)
    const box = await board.board.locator("#stage .tile .still").first().boundingBox()
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(1.5, 1)
  })

  it("can be seen large, one after another, with the keyboard alone", async () => {
    await press("Show image 3 of 9")
    expect(await shown()).toEqual(["Image 3 of 9"])
    expect(await focused()).toBe("next")
    await board.page.keyboard.press("ArrowRight")
    expect(await shown()).toEqual(["Image 4 of 9"])
    for (let n = 0; n < 4; n++) await board.page.keyboard.press("ArrowLeft")
    expect(await shown()).toEqual(["Image 9 of 9"])
    await board.page.keyboard.press("Escape")
    expect(await shown()).toEqual([])
    expect(await focused()).toBe("tile-8")
  })

  it("can be compared with each other and with older ones", async () => {
    await press("Show image 2 of 9")
    await press("Compare")
    expect(await board.text("#recent-title")).toBe("Choose one to set beside it")
    expect(await board.board.locator("#strip button").count()).toBe(9)
    await press(/^Compare with .*Number 5 of 9/)
    expect(await shown()).toEqual(["A: Image", "B: Image"])
    expect(await focused()).toBe("end-comparison")
    await board.page.keyboard.press("Escape")
    expect(await shown()).toEqual(["Image 2 of 9"])
    await press("Compare")
    await press(/^Compare with one of each/)
    const sources = await board.board
      .locator("#stage .media img")
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src))
    expect(new Set(sources).size).toBe(2)
    await press("End comparison")
    expect(await focused()).toBe("compare")
  })

  it("can be opened, downloaded and copied one by one", async () => {
    const url = await board.board.locator("#stage .media img").getAttribute("src")
    await press("Open")
    await press("Download")
    await expect.poll(async () => (await board.heard()).downloads).toEqual([url])
    expect((await board.heard()).opened).toEqual([url])
    await press("Copy link")
    await expect.poll(() => board.text("#note")).toBe("Link copied.")
  })

  it("are saved together, and their paths can be copied", async () => {
    await press("Save all 9")
    await expect.poll(() => board.board.getByRole("button", { name: /^Copy path \d$/ }).count()).toBe(9)
    expect(await board.text("#saved li:first-child .mono")).toMatch(/\/films\/kk-img-\w+-1\.png$/)
    await press("Copy path 2")
    await expect.poll(() => board.text("#note")).toBe("Path copied.")
    expect(await board.board.getByRole("button", { name: /^Save/ }).count()).toBe(0)
  })

  it("are found again among the recent tasks, with what was asked for", async () => {
    await press(/^Show one of each/)
    expect(await board.text("#title")).toBe("one of each")
    await press(/^Show a red kite/)
    expect(await board.text("#title")).toBe("a red kite")
    expect(board.violations).toEqual([])
    expect(board.errors).toEqual([])
  })
})
