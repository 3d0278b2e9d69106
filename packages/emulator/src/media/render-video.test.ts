import { BufferSource, EncodedPacketSink, type EncodedPacket, Input, MP4 } from "mediabunny"
import { afterEach, describe, expect, it, vi } from "vitest"
import { fontFiles } from "../server/font-files.ts"
import { createFrame } from "./frame.ts"
import type { VideoSpec } from "./media-request.ts"
import { frameRateFor, renderVideo } from "./render-video.ts"
import { createTestCard } from "./test-card.ts"

const fonts = fontFiles()
const base: VideoSpec = { width: 320, height: 180, durationSeconds: 1, text: "A cat on a roof", seed: 1 }
const render = (spec: Partial<VideoSpec>) => renderVideo({ ...base, ...spec }, fonts)

const probe = async (bytes: Uint8Array<ArrayBuffer>) => {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] })
  const video = await input.getPrimaryVideoTrack()
  const audio = await input.getPrimaryAudioTrack()
  if (!video) throw new Error("no video track")
  const packets: Array<EncodedPacket> = []
  for await (const packet of new EncodedPacketSink(video).packets()) packets.push(packet)
  return {
    codec: await video.getCodec(),
    size: [await video.getCodedWidth(), await video.getCodedHeight()],
    durationSeconds: await input.computeDuration(),
    audio: audio && { codec: await audio.getCodec(), durationSeconds: await audio.computeDuration() },
    packets
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe("renderVideo", () => {
  it("is five seconds of 1280 x 720 H.264 at 24 fps, seekable and streamable", async () => {
    const bytes = await render({ width: 1280, height: 720, durationSeconds: 5 })
    const { packets, ...found } = await probe(bytes)
    expect(found).toEqual({ codec: "avc", size: [1280, 720], durationSeconds: 5, audio: null })
    expect(packets).toHaveLength(120)
    expect(packets.flatMap(({ type }, index) => (type === "key" ? [index] : []))).toEqual([0, 48, 96])
    const order = new TextDecoder("latin1").decode(bytes)
    expect(order).toContain("avc1")
    expect(order.indexOf("moov")).toBeLessThan(order.indexOf("mdat"))
  })

  it.each([
    [300, 300, 3],
    [854, 482, 1.3],
    [180, 320, 0.5],
    [3840, 2160, 0.2]
  ])("is exactly %i x %i and %f seconds", async (width, height, durationSeconds) => {
    const found = await probe(await render({ width, height, durationSeconds }))
    expect(found.size).toEqual([width, height])
    expect(found.durationSeconds).toBeCloseTo(durationSeconds, 3)
  })

  it("moves: no two frames of the card are equal, and each encoded frame has a change", async () => {
    const spec = { ...base, durationSeconds: 2 }
    const card = await createTestCard(spec, fonts)
    const frames = [0, 0.5, 1, 1.5].map((seconds) => {
      const frame = createFrame(spec.width, spec.height)
      card.paint(frame, seconds)
      return frame.luma
    })
    for (const [index, luma] of frames.entries()) {
      const next = frames[(index + 1) % frames.length] ?? luma
      const changed = luma.filter((value, at) => Math.abs(value - (next[at] ?? 0)) > 8).length
      expect(changed).toBeGreaterThan(luma.length / 50)
    }
    const { packets } = await probe(await render(spec))
    expect(Math.min(...packets.map(({ data }) => data.length))).toBeGreaterThan(50)
  })

  it("gives the same bytes for the same request at any time, and others for another seed or prompt", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01") })
    const first = await render({ audio: true })
    vi.setSystemTime(new Date("2031-02-03"))
    expect(await render({ audio: true })).toEqual(first)
    expect(await render({ audio: true, seed: 2 })).not.toEqual(first)
    expect(await render({ audio: true, text: "A dog on a roof" })).not.toEqual(first)
  })

  it("has audio no longer than the video if requested", async () => {
    const { audio, durationSeconds } = await probe(await render({ audio: true, durationSeconds: 2 }))
    expect(durationSeconds).toBe(2)
    expect(audio?.codec).toBe("mp3")
    expect(audio?.durationSeconds).toBeGreaterThan(1.9)
    expect(audio?.durationSeconds).toBeLessThanOrEqual(2)
  })

  it.each([
    [{ width: 321 }, "width must be an even number"],
    [{ height: 9000 }, "height must be"],
    [{ durationSeconds: 0 }, "durationSeconds must be"],
    [{ durationSeconds: 3600 }, "durationSeconds must be"],
    [{ framesPerSecond: 0 }, "framesPerSecond must be"]
  ])("refuses %j", async (spec, message) => {
    await expect(render(spec)).rejects.toThrow(message)
  })
})

describe("frameRateFor", () => {
  it.each([
    [1280, 720, 10, 24],
    [1920, 1080, 15, 24],
    [3840, 2160, 5, 12],
    [3840, 2160, 15, 6],
    [1920, 1080, 180, 4]
  ])("gives %i x %i for %i s %i frames a second", (width, height, durationSeconds, rate) => {
    expect(frameRateFor({ ...base, width, height, durationSeconds })).toBe(rate)
  })
})
