import { ffmpegFolder } from "@klingkit/media/testing"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { connect, type Host } from "./hosts.ts"

describe("the preview of a video", () => {
  let kling: Awaited<ReturnType<typeof freshKling>>
  let host: Host
  let task_id = ""
  const fetches = async () => (await kling.requests()).filter(({ path }) => path.startsWith("/files/")).length
  const programIn = (PATH: string) => connect("stdio", "v2 2026-07-28", { ...kling.env, PATH })

  beforeAll(async () => {
    kling = await freshKling()
    host = await programIn(ffmpegFolder)
    const { structured } = await host.call("generate_video", { prompt: "a red kite", aspect_ratio: "9:16" })
    task_id = structured?.["task_id"] as string
    await kling.finishTasks()
  })
  afterAll(async () => {
    await host.close()
    await kling.close()
  })

  it("shows frames of all of it, in its own shape, and fetches the file only where none is saved", async () => {
    for (const tool of ["check_video_status", "wait_for_task", "check_image_status"]) {
      const { text, images } = await host.call(tool, { task_id, preview: true })
      expect(text).toMatch(/^Preview: 4\d\dx76\d pixels, 9 frames in reading order, at 0, 0\.6, .*, 4\.9 s$/m)
      const [sheet] = images
      expect(sheet?.bytes.subarray(0, 3).toString("hex")).toBe("ffd8ff")
      expect(sheet?.bytes.length).toBeLessThanOrEqual(100_000)
    }
    expect(await fetches()).toBe(3)
    await host.call("download_task", { task_id })
    expect((await host.call("wait_for_task", { task_id, preview: true })).images).toHaveLength(1)
    expect(await fetches()).toBe(4)
  })

  it("shows the video of a pipeline, whose file was saved by its step", async () => {
    const { structured } = await host.call("create_lipsync", {
      task_id,
      tts_text: "Good morning to everybody on this coast"
    })
    const handle = structured?.["task_id"]
    const waiting = host.call("wait_for_task", { task_id: handle })
    await kling.finishTasks()
    expect((await waiting).text).toMatch(/^Status: succeed$/m)
    await host.call("download_task", { task_id: handle })
    const before = await fetches()
    const { text, images } = await host.call("check_video_status", { task_id: handle, preview: true })
    expect(text).toContain(", 9 frames in reading order, at 0, ")
    expect([images.length, await fetches()]).toEqual([1, before])
  })

  it("comes with a decoder that also gives the last frame, to begin another video with", async () => {
    const next = { prompt: "it lands", image_url: `${task_id}@last` }
    const steps = [{ id: "next", tool: "generate_image_to_video", arguments: JSON.stringify(next) }]
    const quoted = await host.call("quote_cost", { steps })
    const made = await host.call("generate_image_to_video", next)
    expect(made.structured?.["quote"]).toMatchObject({ usd: 0.42 })
    expect(quoted.structured?.["quote"]).toMatchObject({ usd: 0.42 })
  })

  it("is a plain word and no fetch without a decoder, and the status is there all the same", async () => {
    const before = await fetches()
    const plain = await programIn("")
    const { text, images, isError } = await plain.call("check_video_status", { task_id, preview: true })
    await plain.close()
    expect([images, isError, await fetches()]).toEqual([[], false, before])
    expect(text).toMatch(/^Status: succeed$/m)
    expect(text).toContain(
      "\nPreview: none; Kling gives no still of a video, and nothing on this machine decodes videos: install ffmpeg\n"
    )
  })
})
