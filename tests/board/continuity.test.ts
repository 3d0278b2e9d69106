import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { waitUntil } from "./environment.ts"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

describe("what stays on the board while the rest of it changes", () => {
  let product: Product
  let board: BoardPage
  const press = (name: string) => board.board.getByRole("button", { name, exact: true }).click()
  const field = () => board.board.getByRole("textbox")

  beforeAll(async () => {
    product = await openProduct()
    board = await product.openPage()
    await board.turn({ tool: "generate_video", args: { prompt: "a lighthouse" } })
    await product.finish(1)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    // The emulated Kling renders a video when it is first fetched.
    const isLoaded = () =>
      board.frame().evaluate(() => (document.querySelector<HTMLVideoElement>("#player video")?.readyState ?? 0) >= 2)
    await waitUntil(isLoaded)
  })
  afterAll(() => product.close())

  it("a playing video keeps playing", async () => {
    const playing = () =>
      board.frame().evaluate(() => {
        const video = document.querySelector<HTMLVideoElement>("#player video")
        return { isPlaying: video?.paused === false, isSame: video?.dataset["seen"] === "true" }
      })
    await board.frame().evaluate(async () => {
      const video = document.querySelector<HTMLVideoElement>("#player video")
      if (video === null) return
      video.dataset["seen"] = "true"
      video.loop = true
      video.muted = true
      await video.play()
    })
    await press("Save")
    await expect.poll(() => board.text("#note")).toBe("Saved.")
    await press("Compare")
    await press("Cancel comparison")
    await board.changeContext({ theme: "dark", locale: "de-DE" })
    await expect.poll(() => board.text("#details")).toMatch(/Link expires \d+\. /)
    expect(await playing()).toEqual({ isPlaying: true, isSame: true })
  })

  it("text that is being typed keeps its words, its focus and its caret", async () => {
    await press("Edit and regenerate")
    await field().fill("a lighthouse in fog")
    await field().press("Home")
    await field().pressSequentially("At dusk, ")
    await board.changeContext({ theme: "light", locale: "en-GB" })
    await expect.poll(() => board.text("#details")).toMatch(/Link expires \d+ [A-Z]/)
    await board.page.keyboard.type("alone, ")
    expect(await field().inputValue()).toBe("At dusk, alone, a lighthouse in fog")
    await press("Copy link")
    await expect.poll(() => board.text("#note")).toBe("Link copied.")
    expect(await field().inputValue()).toBe("At dusk, alone, a lighthouse in fog")
  })
})
