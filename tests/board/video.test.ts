import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

const prompt = "A red paper boat drifts down a rain-washed street at dusk"

describe("a video on the board", () => {
  let product: Product
  let board: BoardPage
  beforeAll(async () => {
    product = await openProduct()
    board = await product.openPage()
  })
  afterAll(() => product.close())

  it("can be decoded by this browser", async () => {
    const answer = await board.page.evaluate(() =>
      document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"')
    )
    expect(answer).toBe("probably")
  })

  it("shows the prompt and the progress", async () => {
    await board.turn({ tool: "generate_video", args: { prompt, duration: 5, aspect_ratio: "16:9" } })
    await board.board.getByRole("heading", { level: 1, name: prompt }).waitFor()
    await board.passSeconds(1)
    await expect.poll(() => board.statusReads()).toBe(1)
    await expect.poll(() => board.text("#player")).toContain("Usually about")
    expect(await board.text("#kind")).toMatch(/^(Submitted|Processing) · kling-3\.0 · 5 s · 16:9( · 720p)?$/)
    expect(await board.text("#details")).toContain("$0.42")

    const bar = board.board.getByRole("progressbar")
    const share = async () => Number(await bar.getAttribute("aria-valuenow"))
    const before = await share()
    await board.passSeconds(20)
    await expect.poll(share).toBeGreaterThan(before + 20)
    expect(await bar.getAttribute("aria-valuetext")).toMatch(/^2\d s\. Usually about \d+ s$/)
  })

  it("plays as soon as it is ready, without a CSP violation", async () => {
    await product.finish(1)
    await board.until(async () => (await board.text("#kind")).startsWith("Ready"))
    const ready = () =>
      board.frame().evaluate(() => document.querySelector<HTMLVideoElement>("#player video")?.readyState)
    await expect.poll(ready).toBeGreaterThanOrEqual(2)
    const played = await board.frame().evaluate(async () => {
      const video = document.querySelector<HTMLVideoElement>("#player video")
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

  it("updates the model context once, in a sentence", async () => {
    const contextUpdates = async () => (await board.received()).contextUpdates
    const once = [
      expect.stringMatching(
        /^Task kk-t2v-\w{26} has ended\. Status: succeed\. Result: Video, 5 s\. Charged: 3 video units\./
      )
    ]
    await expect.poll(contextUpdates).toEqual(once)
    await board.settled()
    expect(await contextUpdates()).toEqual(once)
  })

  it("stops polling once the task has ended", async () => {
    const before = await board.statusReads()
    await board.passSeconds(600)
    await board.settled()
    expect(await board.statusReads()).toBe(before)
  })

  it("shows what the task cost, and what the day has cost so far", async () => {
    await expect.poll(() => board.text("#details")).toMatch(/Charged\s*3 video units/)
    await board.turn({ tool: "generate_video", args: { prompt: "A second one" } })
    await product.finish(2)
    await board.until(async () => (await board.text("#cost")) === "Today (UTC): $0.84 charged")
  })

  it("offers to open the file where the preview is not allowed", async () => {
    const task = { task_id: "1", kling_task_id: "1", status: "succeed", next: "" }
    const outputs = [{ type: "video", url: "https://elsewhere.example/video.mp4", duration_seconds: 5 }]
    await board.turn({
      tool: "check_video_status",
      args: { task_id: "1" },
      answer: { structuredContent: { ...task, outputs } },
      broken: ["board_tasks"]
    })
    await expect.poll(() => board.text("#player")).toContain("no preview here")
    await board.board.getByRole("button", { name: "Open" }).click()
    await expect.poll(async () => (await board.received()).opened).toEqual(["https://elsewhere.example/video.mp4"])
  })
})
