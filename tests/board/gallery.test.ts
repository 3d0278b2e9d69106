import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("nine images on the board", () => {
  let product: Product
  let board: BoardPage
  const press = (name: string | RegExp) =>
    board.board.getByRole("button", { name, exact: typeof name === "string" }).click()
  const focused = () => board.frame().evaluate(() => document.activeElement?.getAttribute("data-name"))
  const shown = () =>
    board.board.locator("#player .media img").evaluateAll((images) => images.map((image) => image.getAttribute("alt")))

  beforeAll(async () => {
    product = await openProduct()
    board = await product.openPage()
    await board.turn({ tool: "generate_image", args: { prompt: "one of each", num_images: 1 } })
    await product.finish(1)
    await board.turn({ tool: "generate_image", args: { prompt: "a red kite", num_images: 9, aspect_ratio: "3:2" } })
    await product.finish(2)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
  })
  afterAll(() => product.close())

  it("appear in a grid, each in its own aspect ratio", async () => {
    const tiles = board.board.locator("#player .tile img")
    await expect
      .poll(() =>
        tiles.evaluateAll((all) => all.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length)
      )
      .toBe(9)
    const ratio = async () => {
      const box = await board.board.locator("#player .tile .thumbnail").first().boundingBox()
      return (box?.width ?? 0) / (box?.height ?? 1)
    }
    await expect.poll(ratio).toBeCloseTo(1.5, 1)
  })

  it("can be browsed enlarged, with the keyboard alone", async () => {
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

  it("can be compared with each other and with earlier ones", async () => {
    await press("Show image 2 of 9")
    await press("Compare")
    expect(await board.text("#recent-title")).toBe("Pick one to compare with")
    await expect.poll(() => board.board.locator("#thumbnails button").count()).toBe(9)
    await press(/^Compare with .*Number 5 of 9/)
    expect(await shown()).toEqual(["A: Image", "B: Image"])
    expect(await focused()).toBe("close-comparison")
    await board.page.keyboard.press("Escape")
    expect(await shown()).toEqual(["Image 2 of 9"])
    await press("Compare")
    await press(/^Compare with one of each/)
    const sources = () =>
      board.board
        .locator("#player .media img")
        .evaluateAll((all) => new Set(all.map((image) => (image as HTMLImageElement).src)).size)
    await expect.poll(sources).toBe(2)
    await press("End comparison")
    expect(await focused()).toBe("compare")
  })

  it("can be opened, downloaded and copied individually", async () => {
    const url = await board.board.locator("#player .media img").getAttribute("src")
    await press("Open")
    await press("Download")
    await press("Copy link")
    await expect.poll(async () => (await board.received()).opened).toEqual([url])
    await expect.poll(async () => (await board.received()).downloads).toEqual([url])
    await expect.poll(() => board.text("#note")).toBe("Link copied.")
  })

  it("are saved together, and their paths can be copied", async () => {
    await press("Save all 9")
    await expect.poll(() => board.board.getByRole("button", { name: /^Copy path \d$/ }).count()).toBe(9)
    expect(await board.text("#saved li:first-child .mono")).toMatch(/\/videos\/kk-img-\w+-1\.png$/)
    await press("Copy path 2")
    await expect.poll(() => board.text("#note")).toBe("Path copied.")
    await expect.poll(() => board.board.getByRole("button", { name: /^Save/ }).count()).toBe(0)
  })

  it("appear among the recent tasks with their prompt", async () => {
    await press(/^Show one of each/)
    await expect.poll(() => board.text("#title")).toBe("one of each")
    await press(/^Show a red kite/)
    await expect.poll(() => board.text("#title")).toBe("a red kite")
    expect(board.violations).toEqual([])
    expect(board.errors).toEqual([])
  })
})
