import { spawn } from "node:child_process"
import { once } from "node:events"
import { afterEach, describe, expect, it } from "vitest"
import type { MediaRequest } from "../media/media-request.ts"
import { createMediaPool, type MediaPool } from "./media-pool.ts"

const image = (seed: number): MediaRequest => ({ kind: "image", width: 64, height: 64, text: "cat", seed })
const pools: Array<MediaPool> = []
const open = (options?: Parameters<typeof createMediaPool>[0]) => {
  const pool = createMediaPool(options)
  pools.push(pool)
  return pool
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

describe("createMediaPool", () => {
  it("renders all kinds concurrently, with their content types", async () => {
    const { render } = open()
    const audioSpec = { kind: "audio", durationSeconds: 0.2, text: "", seed: 1 } as const
    const video = { kind: "video", width: 64, height: 64, durationSeconds: 0.2, text: "", seed: 1 } as const
    const media = await Promise.all([
      render(video),
      render({ ...video, seed: 2 }),
      render(image(1)),
      render({ ...audioSpec, format: "wav" }),
      render({ ...audioSpec, format: "mp3" })
    ])
    expect(media.map(({ contentType }) => contentType)).toEqual([
      "video/mp4",
      "video/mp4",
      "image/png",
      "audio/wav",
      "audio/mpeg"
    ])
    expect(media[0]?.bytes).not.toEqual(media[1]?.bytes)
    for (const { bytes } of media) expect(bytes.length).toBeGreaterThan(300)
  })

  it("leaves the event loop free while it renders", async () => {
    const { render } = open()
    await render(image(1))
    const started = performance.now()
    let before = started
    let longestMilliseconds = 0
    const beat = setInterval(() => {
      longestMilliseconds = Math.max(longestMilliseconds, performance.now() - before)
      before = performance.now()
    }, 5)
    await render({ kind: "video", width: 1280, height: 720, durationSeconds: 2, text: "cat", seed: 1 })
    clearInterval(beat)
    expect(longestMilliseconds).toBeGreaterThan(0)
    expect(longestMilliseconds).toBeLessThan((performance.now() - started) / 3)
  })

  it("renders the same request once, even with its fields in another order", async () => {
    const { render } = open()
    const first = render(image(1))
    const again = render(Object.fromEntries(Object.entries(image(1)).toReversed()) as unknown as MediaRequest)
    expect((await again).bytes).toBe((await first).bytes)
    expect((await render(image(1))).bytes).toBe((await first).bytes)
  })

  it("evicts the least recently used results beyond its size, and renders them again", async () => {
    const { bytes } = await open().render(image(1))
    const { render } = open({ cacheBytes: bytes.length * 2.5 })
    const first = await render(image(1))
    const second = await render(image(2))
    expect(await render(image(1))).toBe(first)
    await render(image(3))
    expect(await render(image(1))).toBe(first)
    const secondAgain = await render(image(2))
    expect(secondAgain).not.toBe(second)
    expect(secondAgain.bytes).toEqual(second.bytes)
  })

  it("does not keep an idle process alive", async () => {
    const program = `
      const { createMediaPool } = await import(${JSON.stringify(import.meta.resolve("./media-pool.ts"))})
      await createMediaPool().render(${JSON.stringify(image(1))})`
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" })
    const [code] = await once(child, "exit")
    expect(code).toBe(0)
  })

  it("reports why a request is invalid, and keeps working", async () => {
    const { render } = open()
    const oddWidth = { kind: "video", width: 65, height: 64, durationSeconds: 1, text: "", seed: 1 } as const
    await expect(render(oddWidth)).rejects.toThrow(RangeError)
    await expect(render(oddWidth)).rejects.toThrow("width must be an even number")
    expect((await render(image(1))).contentType).toBe("image/png")
  })

  it("rejects unfinished requests when it is closed, and later ones", async () => {
    const pool = open()
    const unfinished = pool.render({ kind: "video", width: 1280, height: 720, durationSeconds: 60, text: "", seed: 1 })
    await Promise.all([expect(unfinished).rejects.toThrow("closed before the file was ready"), pool.close()])
    await expect(pool.render(image(1))).rejects.toThrow("The media pool is closed")
  })
})
