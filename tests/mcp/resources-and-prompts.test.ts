import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { clients, connect, type Host, wires } from "./hosts.ts"
import { freshKling } from "./emulated-kling.ts"

const every = wires.flatMap((wire) => clients.map((client) => [wire, client] as const))

describe.each(every)("over %s, a %s client", (wire, client) => {
  let kling: Awaited<ReturnType<typeof freshKling>>
  let host: Host
  beforeAll(async () => {
    kling = await freshKling()
    host = await connect(wire, client, kling.env)
  })
  afterAll(async () => {
    await host.close()
    await kling.close()
  })

  it("reads a task by its URI, found by completion, without paying", async () => {
    const { structured } = await host.call("generate_image", { prompt: "a red kite" })
    const uri = "kling://tasks/{handle}"
    const [handle = ""] = await host.complete({ uri }, "handle", "kk-img-")
    expect(handle).toBe(structured?.["task_id"])
    expect(JSON.parse(await host.read(`kling://tasks/${handle}`))).toMatchObject({
      task_id: handle,
      prompt: "a red kite"
    })
    expect((await kling.ledger()).tasks).toHaveLength(1)
  })

  it("completes a model name in a prompt, and reads the models and the guide", async () => {
    const [model_name = ""] = await host.complete({ prompt: "storyboard" }, "model_name", "turbo")
    const text = await host.prompt("storyboard", { story: "a kite escapes", model_name })
    expect(text).toContain("kling-3.0-turbo")
    expect(text).toContain("quote_cost")
    expect(await host.read("kling://models")).toContain('"kling-3.0-turbo"')
    expect(await host.read("skill://klingkit/prompting-kling/SKILL.md")).toContain("# Prompting Kling")
  })
})
