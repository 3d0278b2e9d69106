import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

const prompt = "A red paper boat drifts down a rain-washed street at dusk"

describe("a video on the board", () => {
  let product: Product
  let board: BoardPage
  beforeAll(async () => {
    product = await openProduct()
    board = await product.openPage()
  }, 60_000)
  afterAll(() => product.close())

  it("can be decoded by this browser", async () => {
    const answer = await board.page.evaluate(() =>
      document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"')
    )
    expect(answer).toBe("probably")
  })

  it("shows what was asked for, and how far it is", async () => {
    await board.turn({ tool: "generate_video", args: { prompt, duration: 5, aspect_ratio: "16:9" } })
    await board.board.getByRole("heading", { level: 1, name: prompt }).waitFor()
    await board.passSeconds(1)
    await expect.poll(() => board.looks()).toBe(1)
    await expect.poll(() => board.text("#stage")).toContain("Usually about")
    expect(await board.text("#kind")).toMatch(/^(Submitted|Processing) · kling-3\.0 · 5 s · 16:9$/)
    expect(await board.text("#facts")).toContain("0.42 USD")

    const bar = board.board.getByRole("progressbar")
    const share = async () => Number(await bar.getAttribute("aria-valuenow"))
    const before = await share()
    await board.passSeconds(20)
    await expect.poll(share).toBeGreaterThan(before + 20)
    expect(await bar.getAttribute("aria-valuetext")).toMatch(/^2\d s\. Usually about \d+ s$/)
  })

  it("plays as soon as it is ready, without a violation of the policy", async () => {
    await product.finish(1)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    const ready = () =>
      board.frame().evaluate(() => document.querySelector<HTMLVideoElement>("#stage video")?.readyState)
    await expect.poll(ready, { timeout: 15_000 }).toBeGreaterThanOrEqual(2)
    const played = await board.frame().evaluate(async () => {
      const video = document.querySelector<HTMLVideoElement>("#stage video")
      if (video === null) return 0
      video.muted = true
      await video.play()
      await new Promise((resolve) => video.addEventListener("timeupdate", () => video.currentTime > 0.2 && resolve(0)))
      video.pause()
      return video.currentTime
    })
    expect(played).toBeGreaterThan(0.2)
    expect(board.violations).toEqual([])
    expect(board.errors).toEqual([])
  })

  it("tells the model once, in a sentence", async () => {
    const { news } = await board.heard()
    expect(news).toEqual([
      expect.stringMatching(
        /^Task kk-t2v-\w{26} has ended\. Status: succeed\. Result: Video, 5 s\. Charged: 3 video units\./
      )
    ])
  })

  it("looks no more once the task has ended", async () => {
    const before = await board.looks()
    await board.passSeconds(600)
    await board.settled()
    expect(await board.looks()).toBe(before)
  })

  it("says what the task cost, and what was charged so far", async () => {
    expect(await board.text("#facts")).toMatch(/Charged\s*3 video units/)
    await board.turn({ tool: "generate_video", args: { prompt: "A second one" } })
    await product.finish(2)
    await board.until(async () => (await board.text("#cost")) === "6 video units for 2 tasks")
  })

  it("offers a way out where the preview is not allowed", async () => {
    const task = { task_id: "1", kling_task_id: "1", status: "succeed", next: "" }
    const outputs = [{ type: "video", url: "https://elsewhere.example/film.mp4", duration_seconds: 5 }]
    await board.turn({
      tool: "check_video_status",
      args: { task_id: "1" },
      answer: { structuredContent: { ...task, outputs } },
      broken: ["board_tasks"]
    })
    await expect.poll(() => board.text("#stage")).toContain("no preview here")
    await board.board.getByRole("button", { name: "Open" }).click()
    await expect.poll(async () => (await board.heard()).opened).toEqual(["https://elsewhere.example/film.mp4"])
  })
})
