import { describe, expect, expectTypeOf, it } from "vitest"
import type { KlingError } from "../errors/kling-error.ts"
import { requests } from "./catalog.ts"
import { createPlanner } from "./planner.ts"
import { isPipeline } from "./request.ts"

const planner = createPlanner()

describe("a planner", () => {
  it("takes the model first, or chooses the default", async () => {
    const chosen = await planner.video.create("kling-2.6", { prompt: "A fox", durationSeconds: 10 })
    expect(chosen).toMatchObject({ operation: { id: "new.t2v.kling-2.6" }, input: { durationSeconds: 10 } })
    const byDefault = await planner.video.create({ prompt: "A fox" })
    expect(byDefault).toMatchObject({ operation: { id: "new.t2v.kling-3.0" }, quote: { state: "exact" } })
    const speech = await planner.video.lipSync({ video: "https://example.com/a.mp4", text: "Good morning" })
    expect(isPipeline(speech)).toBe(true)
    expect(await planner.voice.list()).toMatchObject({ input: { pageNum: 1, pageSize: 20 } })
  })

  it("plans for the credential that it is given", async () => {
    const plan = await createPlanner({ credential: "key-pair" }).video.create("kling-3.0", { prompt: "A fox" })
    expect(plan).toMatchObject({ operation: { id: "legacy.text2video" } })
  })

  it("names fields as the program does", async () => {
    const wrong = planner.image.expand({ image: "https://example.com/a.png", up: 9 })
    await expect(wrong).rejects.toMatchObject({ reason: { _tag: "InvalidInput", problems: [{ field: "up" }] } })
    const long = planner.video.create("kling-3.0", { prompt: "A fox", durationSeconds: 99 })
    const error = await long.catch((reason: KlingError) => reason)
    expect((error as KlingError).message).toContain("durationSeconds 99 is not supported by kling-3.0 (3 to 15 s)")
    const task = planner.video.extend("kling-o1", { video: "kk-t2v-1", prompt: "On" })
    await expect(task).rejects.toMatchObject({ reason: { problems: [{ field: "video" }] } })
  })

  it("refuses at compile time what a request does not have", () => {
    type Create = typeof planner.video.create
    expectTypeOf<Create>().toBeCallableWith("kling-3.0", { prompt: "A fox", audio: "native", aspectRatio: "16:9" })
    expectTypeOf<Create>().toBeCallableWith("kling-9", { prompt: "A fox" })
    // @ts-expect-error a misspelt field
    const misspelt = () => planner.video.create("kling-3.0", { prompt: "A fox", durationSecond: 5 })
    expect(misspelt).toBeTypeOf("function")
    // @ts-expect-error this request has no model
    expectTypeOf<typeof planner.audio.speech>().toBeCallableWith("kling-3.0", { text: "Hello" })
    // @ts-expect-error only these two models copy a motion
    expectTypeOf<typeof planner.video.motion>().toBeCallableWith("kling-1.0", { image: "a", video: "b" })
  })

  it.each(requests.map((request) => [request.method, request] as const))("has %s", (method, { example }) => {
    const [noun = "", verb = ""] = method.split(".")
    const methods = planner as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
    return expect(methods[noun]?.[verb]?.(example)).resolves.toHaveProperty("quote")
  })
})
