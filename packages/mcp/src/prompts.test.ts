import { selectTools, tools } from "@klingkit/tools"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { connectedClient, wires } from "./testing/connected-client.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

describe.each(wires)("prompts on a %s", (wire) => {
  it("are listed with their arguments", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const { prompts } = await client.listPrompts()
    expect(
      prompts.map(({ name, arguments: args = [] }) => [
        name,
        ...args.map((one) => `${one.name}${one.required === true ? "" : "?"}`)
      ])
    ).toEqual([
      ["storyboard", "story", "shots?", "model_name?", "aspect_ratio?"],
      ["product_shot", "picture", "setting?", "aspect_ratio?", "model_name?", "effect_scene?"],
      ["talking_avatar", "portrait", "words", "voice?"]
    ])
    for (const { arguments: args = [] } of prompts) for (const { description } of args) expect(description).toBeTruthy()
  })

  it("give a text with the filled-in values, a blank field counting as absent", async () => {
    const client = await connectedClient(emulatedServices().services, wire)
    const args = { story: "a fox crosses a frozen lake", shots: "4", model_name: "", aspect_ratio: "9:16" }
    const { messages } = await client.getPrompt({ name: "storyboard", arguments: args })
    expect(messages).toMatchObject([{ role: "user", content: { type: "text" } }])
    const [{ content } = {}] = messages
    const text = content?.type === "text" ? content.text : ""
    expect(text).toContain('of 4 shots, aspect_ratio 9:16: "a fox crosses a frozen lake"')
    expect(text).toContain("kling-3.0")
    expect(text.indexOf("quote_cost")).toBeLessThan(text.indexOf("wait_for_task"))
  })

  it.each([
    [{ name: "storyboard", arguments: {} }, "story is required"],
    [{ name: "storyboard", arguments: { story: " " } }, "story is required"],
    [
      { name: "storyboard", arguments: { story: "x", shot: "3" } },
      "shot is not an argument of this prompt; expected story, shots"
    ],
    [{ name: "story_board", arguments: { story: "x" } }, "story_board"]
  ])("are refused with the reason: %j", async (request, reason) => {
    const client = await connectedClient(emulatedServices().services, wire)
    await expect(client.getPrompt(request)).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining(reason)
    })
  })

  it("speak of the tools that this server has", async () => {
    const text = async (selected: typeof tools) => {
      const client = await connectedClient(emulatedServices().services, wire, selected)
      const { messages } = await client.getPrompt({
        name: "talking_avatar",
        arguments: { portrait: "me.png", words: "hello" }
      })
      return JSON.stringify(messages)
    }
    expect(await text(tools)).toContain("create_avatar_video")
    const withoutAvatars = tools.filter(({ name }) => name !== "create_avatar_video")
    expect(await text(withoutAvatars)).not.toContain("create_avatar_video")
    const readOnly = await Effect.runPromise(selectTools({ readOnly: true }))
    const client = await connectedClient(emulatedServices().services, wire, readOnly)
    expect((await client.listPrompts()).prompts).toEqual([])
  })
})
