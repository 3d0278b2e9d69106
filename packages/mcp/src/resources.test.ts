import { imageModels, videoModels } from "@klingkit/core"
import { openScenes } from "@klingkit/core/internal"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"
import { modernRequests, resultOf } from "./testing/modern-requests.ts"

type Client = Awaited<ReturnType<typeof connectedClient>>

const jsonAt = async (client: Client, uri: string): Promise<unknown> => {
  const [content] = (await client.readResource({ uri })).contents
  expect(content).toMatchObject({ uri, mimeType: "application/json" })
  return JSON.parse(content !== undefined && "text" in content ? content.text : "")
}

describe.each(wires)("resources on a %s", (wire) => {
  it("list every model and every effect scene", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { models } = (await jsonAt(client, "kling://models")) as {
      readonly models: ReadonlyArray<{ readonly model_name: string }>
    }
    expect(models.map(({ model_name }) => model_name)).toEqual([...videoModels, ...imageModels].map(({ id }) => id))
    const { effects } = (await jsonAt(client, "kling://effects")) as {
      readonly effects: ReadonlyArray<{ readonly effect_scene: string; readonly pictures: number }>
    }
    expect(effects.map(({ effect_scene }) => effect_scene).toSorted()).toEqual([...openScenes].toSorted())
    expect(effects).toContainEqual({ effect_scene: "kiss_pro", pictures: 2 })
  })

  it("show the current state of a task by URI", async () => {
    const { services, pass } = emulatedServices()
    const client = await connectedClient(services, wire)
    const made = await client.callTool({ name: "generate_video", arguments: { prompt: "a cat" } })
    const { task_id, kling_task_id } = made.structuredContent as Readonly<Record<"task_id" | "kling_task_id", string>>
    expect(await jsonAt(client, `kling://tasks/${task_id}`)).toMatchObject({
      task_id,
      status: "submitted",
      prompt: "a cat",
      quote: { usd: 0.42 }
    })
    await pass(600)
    // A 2026 client caches what it has read for the stated time.
    const later = await connectedClient(services, wire)
    for (const id of [task_id, kling_task_id]) {
      expect(await jsonAt(later, `kling://tasks/${id}`)).toMatchObject({
        task_id,
        status: "succeed",
        outputs: [{ type: "video", url: expect.stringContaining("http") }]
      })
    }
  })

  it.each(["kling://tasks/kk-t2v-00000000000000000000000000", "kling://tasks/..%2Faccount", "kling://nothing"])(
    "is not %s",
    async (uri) => {
      const client = await connectedClient(emulatedServices().services, wire)
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32_602 })
    }
  )
})

describe("a cached resource", () => {
  it("is public and fresh for an hour; a task is private and fresh for two seconds", async () => {
    const send = modernRequests(emulatedServices().services, {})
    const made = await send("tools/call", { name: "generate_image", arguments: { prompt: "a cat" } })
    const { task_id } = resultOf(made).structuredContent as { readonly task_id: string }
    for (const [uri, cache] of [
      ["kling://models", { ttlMs: 3_600_000, cacheScope: "public" }],
      ["kling://effects", { ttlMs: 3_600_000, cacheScope: "public" }],
      [`kling://tasks/${task_id}`, { ttlMs: 2000, cacheScope: "private" }]
    ] as const) {
      expect((await send("resources/read", { uri })).result).toMatchObject(cache)
    }
    for (const list of ["resources/list", "resources/templates/list", "prompts/list", "tools/list"]) {
      expect((await send(list, {})).result).toMatchObject({ ttlMs: 3_600_000, cacheScope: "public" })
    }
  })
})
