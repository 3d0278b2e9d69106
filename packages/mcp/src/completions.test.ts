import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

const ofTasks = { type: "ref/resource", uri: "kling://tasks/{handle}" } as const
const ofStoryboard = { type: "ref/prompt", name: "storyboard" } as const
const ofProduct = { type: "ref/prompt", name: "product_shot" } as const

describe.each(wires)("completions on a %s", (wire) => {
  it.each([
    [ofStoryboard, "model_name", "kling-3", ["kling-3.0-turbo", "kling-3.0", "kling-3.0-omni"]],
    [ofStoryboard, "model_name", "o1", ["kling-o1"]],
    [ofStoryboard, "aspect_ratio", "9", ["9:16", "16:9"]],
    [ofProduct, "model_name", "kling-image", ["kling-image-o1"]],
    [ofProduct, "effect_scene", "kiss night", ["snow_night_kiss"]],
    [ofStoryboard, "story", "a fox", []],
    [ofStoryboard, "nothing", "", []]
  ] as const)("of %j, %s: %s", async (ref, name, value, expected) => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { completion } = await client.complete({ ref, argument: { name, value } })
    expect(completion.values).toEqual(expected)
    expect(completion.hasMore).toBe(false)
  })

  it("are at most a hundred, and say that there are more", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { completion } = await client.complete({ ref: ofProduct, argument: { name: "effect_scene", value: "" } })
    expect(completion.values).toHaveLength(100)
    expect(completion).toMatchObject({ hasMore: true, total: expect.any(Number) })
  })

  it("find the caller's tasks, the latest first", async () => {
    const { services, pass } = emulatedServices()
    const client = await connectedClient(services, wire)
    const made: Array<string> = []
    for (const prompt of ["one", "two"]) {
      const { structuredContent } = await client.callTool({ name: "generate_image", arguments: { prompt } })
      made.unshift((structuredContent as { readonly task_id: string }).task_id)
      await pass(1)
    }
    const typed = async (value: string) =>
      (await client.complete({ ref: ofTasks, argument: { name: "handle", value } })).completion.values
    expect(await typed("")).toEqual(made)
    expect(await typed(made[1]?.slice(0, -1) ?? "")).toEqual([made[1]])
    expect(await typed("kk-t2v")).toEqual([])
  })

  it("of an unknown prompt or resource are an error", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const argument = { name: "x", value: "" }
    for (const ref of [
      { type: "ref/prompt", name: "unknown" },
      { type: "ref/resource", uri: "kling://unknown/{id}" }
    ] as const) {
      await expect(client.complete({ ref, argument })).rejects.toMatchObject({ code: -32_602 })
    }
  })
})
