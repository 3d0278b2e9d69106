import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { tools } from "../catalog.ts"
import { OfferedTools } from "../offered-tools.ts"
import { call, emulated, requestsSeen } from "../testing/emulated.ts"
import { selectTools } from "../toolsets.ts"

interface Found {
  readonly tools: ReadonlyArray<{
    readonly tool: string
    readonly arguments: string
    readonly offered: boolean
    readonly switch_on?: string
  }>
  readonly not_possible: ReadonlyArray<{ readonly what: string; readonly instead: string }>
  readonly operations: ReadonlyArray<{ readonly operation: string }>
}

const asked = (query: string) =>
  Effect.map(call("find_tool", { query }), ({ structured, text }) => ({ ...(structured as unknown as Found), text }))

const provided = Effect.provide(emulated())

describe("find_tool", () => {
  it.effect.each([
    ["make my clip longer", "extend_video", "task_id"],
    ["talking photo", "create_avatar_video", "image_url"],
    ["my grandmother's picture should speak", "create_avatar_video", "image_url"],
    ["lip sync", "create_lipsync", "tts_text"],
    ["replace the background of a video", "edit_video", "prompt"],
    ["expand picture to 16:9", "edit_image", "aspect_ratio"],
    ["combine two photos", "edit_image", "action combine"],
    ["try a dress on", "virtual_try_on", "cloth_image_urls"],
    ["the same character in three shots", "manage_elements", "action create"],
    ["clone my voice", "manage_voices", "voice_url"],
    ["dance like in this video", "control_motion", "video_url"],
    ["music for my film", "generate_audio", "music_prompt"],
    ["text to speech", "generate_audio", "kind speech"],
    ["download all", "download_task", "task_id"],
    ["why did it fail", "check_video_status", "task_id"],
    ["cheaper version", "quote_cost", "arguments"],
    ["credits left", "get_account_balance", ""],
    ["animat my foto", "generate_image_to_video", "image_url"]
  ] as const)("%s: %s", ([query, tool, how]) =>
    Effect.gen(function* () {
      const [first] = (yield* asked(query)).tools
      expect(first).toMatchObject({ tool, offered: true })
      expect(first?.arguments).toContain(how)
    }).pipe(provided)
  )

  it.effect.each([
    ["cancel", "cannot cancel", "quote_cost"],
    ["stop the running task", "what is charged stays charged", "quote_cost"],
    ["merge clips", "No tool joins", "extend_video"],
    ["a local clip from my computer", "by URL only", "https URL"],
    ["upscale my video", "No tool upscales", "repeat_task"],
    ["speed up the video", "changes its speed", "video editor"],
    ["voice-over", "lays speech under", "generate_audio"]
  ] as const)("%s: says plainly that there is no tool, and what to do instead", ([query, what, instead]) =>
    Effect.gen(function* () {
      const { not_possible, text } = yield* asked(query)
      expect(not_possible[0]?.what).toContain(what)
      expect(not_possible[0]?.instead).toContain(instead)
      expect(text).toMatch(/^No tool for this: /)
    }).pipe(provided)
  )

  it.effect("does not deny what tools do", () =>
    Effect.gen(function* () {
      for (const query of [
        "video of a fox",
        "image of two cats",
        "merge two images",
        "a voice for my video",
        "4k video"
      ]) {
        const found = yield* asked(query)
        expect({ query, found: found.tools.length > 0 }).toEqual({ query, found: true })
        if (query !== "merge two images") expect({ query, no: found.not_possible }).toEqual({ query, no: [] })
      }
    }).pipe(provided)
  )

  it.effect("says how to switch on what this server does not offer", () =>
    Effect.gen(function* () {
      const offered = yield* selectTools()
      const {
        tools: found,
        text,
        operations
      } = yield* asked("cut out the object of an image, without background").pipe(
        Effect.provideService(OfferedTools, offered)
      )
      const one = found.find(({ tool }) => tool === "describe_image")
      expect(one).toMatchObject({ offered: false, switch_on: expect.stringContaining("KLINGKIT_TOOLSETS=core,studio") })
      expect(text).toContain("Not offered by this server")
      expect(operations.length).toBeGreaterThan(0)
      expect(text).toContain("for call_kling_api (toolset raw)")
      const reading = yield* asked("make my clip longer").pipe(
        Effect.provideService(OfferedTools, yield* selectTools({ readOnly: true }))
      )
      expect(reading.tools[0]).toMatchObject({
        tool: "extend_video",
        offered: false,
        switch_on: expect.stringContaining("--read-only")
      })
    }).pipe(provided)
  )

  it.effect("finds every tool by its own name, and sends nothing", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      for (const { name } of tools.filter((tool) => tool.name !== "find_tool")) {
        const found = (yield* asked(name.replaceAll("_", " "))).tools.map(({ tool }) => tool)
        expect(found).toContain(name)
      }
      const nothing = yield* asked("zyzzyva")
      expect(nothing.text).toContain("No tool for this")
      expect(nothing.text).toContain("generate_video")
      expect((yield* asked("x ".repeat(100_000))).tools).toEqual([])
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
