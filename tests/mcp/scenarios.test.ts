import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Answer, clients, connect, type Host, wires } from "./hosts.ts"
import { freshKling } from "./kling.ts"

const every = wires.flatMap((wire) => clients.map((client) => [wire, client] as const))
type Kling = Awaited<ReturnType<typeof freshKling>>

/** One file of expected answers for each scenario, whichever way it is run. */
const expectGolden = (kling: Kling, scenario: string, answers: ReadonlyArray<unknown>) =>
  expect(kling.timeless(`${JSON.stringify(answers, withoutImages, 2)}\n`)).toMatchFileSnapshot(
    `golden/${scenario}.snap`
  )

const withoutImages = (field: string, value: unknown): unknown => (field === "images" ? undefined : value)

const taskId = ({ facts }: Answer): string => facts?.["task_id"] as string

describe.each(every)("over %s, a %s client", (wire, client) => {
  let kling: Kling
  let host: Host

  beforeAll(async () => {
    kling = await freshKling()
    host = await connect(wire, client, kling.env)
  })
  afterAll(async () => {
    await host.close()
    await kling.close()
  })

  it("sees the same tools", async () => {
    const tools = await host.listTools()
    expect(tools.map(({ name }) => name)).toContain("check_image_status")
    const definitions = tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations
    }))
    await expectGolden(kling, "tools", definitions)
  })

  it("gets pictures: submit, wait, look, download", async () => {
    const submitted = await host.call("generate_image", { prompt: "a red kite", num_images: 2, aspect_ratio: "1:1" })
    const task_id = taskId(submitted)
    const waited = await host.call("wait_for_task", { task_id })
    const looked = await host.call("check_image_status", { task_id })
    const shown = await host.call("check_image_status", { task_id, preview: true })
    const saved = await host.call("download_task", { task_id })
    await expectGolden(
      kling,
      "pictures",
      [submitted, waited, looked, saved].map((one) => ({ ...one, text: one.text.split("\n") }))
    )

    expect(looked.images).toEqual([])
    expect(shown.text).toContain("\nPreview: 768x380 pixels, 2 images in reading order\n")
    expect(shown.images).toMatchObject([{ mimeType: "image/jpeg" }])
    expect(shown.images[0]?.bytes.subarray(0, 3).toString("hex")).toBe("ffd8ff")
    expect(looked.text).toMatch(new RegExp(`^Task ID: ${task_id}$`, "m"))
    expect(looked.text).toMatch(/^Status: succeed$/m)
    expect(looked.text).toMatch(/^Image 1:\n- URL: http\S+$/m)
    expect(looked.text).toMatch(/^Note: Images will be cleared after 30 days for security/m)
    expect(looked.links).toHaveLength(2)
    const names = readdirSync(kling.outputDir)
    expect(names.toSorted()).toEqual(
      [1, 2].flatMap((n) => [`${task_id}-${n}.png`, `${task_id}-${n}.png.json`]).toSorted()
    )
    for (const name of names.filter((one) => one.endsWith(".png"))) {
      expect(readFileSync(join(kling.outputDir, name)).subarray(1, 4).toString()).toBe("PNG")
    }
    const again = await host.call("download_task", { task_id })
    expect(again.text).toContain("Code: JOB_FILE_EXISTS")
    expect((await host.call("download_task", { task_id, overwrite: true })).isError).toBe(false)
  })

  it("gets a clip from a picture on disk, and none from a picture outside of the allowed folders", async () => {
    const picture = readdirSync(kling.outputDir).find((name) => name.endsWith(".png")) ?? ""
    const submitted = await host.call("generate_image_to_video", {
      image_url: join(kling.outputDir, picture),
      prompt: "it takes off",
      duration: "5",
      mode: "standard"
    })
    await kling.passTime()
    const looked = await host.call("check_video_status", { task_id: taskId(submitted) })
    const outside = await host.call("generate_image_to_video", { image_url: process.execPath, prompt: "x" })
    await expectGolden(
      kling,
      "clip-from-picture",
      [submitted, looked].map((one) => ({ ...one, text: one.text.split("\n") }))
    )
    expect(outside.text).toMatch(/^Error: .* is outside the folders that .*\nCharged: no\n.*\nCode: JOB_FILE_REFUSED$/)
  })

  it("is told which argument is wrong, and nothing is sent", async () => {
    const before = (await kling.requests()).length
    const answers = [
      await host.call("generate_video", { prompt: "x", frobnicate: true }),
      await host.call("generate_video", { prompt: "x", model_name: "kling-v1.6" }),
      await host.call("wait_for_task", { task_id: "1", timeout_seconds: 300 })
    ]
    await expectGolden(kling, "wrong-arguments", answers)
    expect((await kling.requests()).length).toBe(before)
  })

  it("is told by a protocol error that a tool does not exist", async () => {
    await expect(host.call("generate_film", {})).rejects.toMatchObject({ code: -32_602 })
  })

  it("pays once when the connection to Kling breaks after the request was taken", async () => {
    const before = await kling.ledger()
    await kling.strike({ fault: "commit-then-drop" })
    const submitted = await host.call("generate_video", { prompt: "a red kite" })
    await kling.passTime()
    const { charges, tasks } = await kling.ledger()
    expect(submitted.isError).toBe(false)
    expect(charges.slice(before.charges.length)).toMatchObject([{ externalTaskId: taskId(submitted), units: 3 }])
    expect(tasks).toHaveLength(before.tasks.length + 1)
  })

  it("makes more of a film: the next shot, speech, an effect, clothes; and finds them again", async () => {
    const task_id = taskId(await host.call("generate_video", { prompt: "a woman on a bench" }))
    await kling.passTime()
    const image_urls = ["https://a.example/dog.png"]
    const next = await host.call("extend_video", { task_id, prompt: "she stands up" })
    const spoken = await host.call("create_lipsync", { task_id, tts_text: "Good morning, and welcome to the show" })
    const danced = await host.call("apply_video_effect", { image_urls, effect_scene: "pet_dance" })
    const person = { person_image_url: "https://a.example/ada.png", cloth_image_urls: image_urls }
    const dressed = await host.call("virtual_try_on", person)
    await expectGolden(
      kling,
      "more-of-a-film",
      [next, danced, dressed].map((one) => ({ ...one, text: one.text.split("\n") }))
    )
    await kling.passTime()
    const list = await host.call("list_tasks", { page_size: 20 })
    for (const one of [next, danced]) expect(list.text).toContain(`Task ID: ${taskId(one)}`)
    expect(list.text).toContain(`Part of: ${taskId(spoken)}`)
    for (const one of [next, spoken, danced, dressed]) {
      expect((await host.call("wait_for_task", { task_id: taskId(one) })).facts).toMatchObject({ status: "succeed" })
    }
  })

  it("is asked for a yes above a price, and one yes is good for one call", async () => {
    const careful = await connect(wire, client, { ...kling.env, KLINGKIT_CONFIRM_ABOVE_USD: "1" })
    const film = (args: Readonly<Record<string, unknown>>) =>
      careful.call("generate_video", { prompt: "a long film", duration: 15, ...args })
    const before = (await kling.ledger()).tasks.length
    try {
      const refused = await film({})
      expect(refused.text).toMatch(
        /^Error: the price is \$1\.26 [^]*KLINGKIT_CONFIRM_ABOVE_USD[^]*call quote_cost[^]*\nCode: JOB_NOT_APPROVED$/
      )

      const args = JSON.stringify({ prompt: "a long film", duration: 15 })
      const quote = await careful.call("quote_cost", { tool: "generate_video", arguments: args })
      const { confirm_token } = quote.facts as { readonly confirm_token: string }
      expect((await film({ prompt: "another film", confirm_token })).text).toContain("Code: LEDGER_NOT_APPROVED")
      expect((await kling.ledger()).tasks).toHaveLength(before)

      const made = await film({ confirm_token })
      expect((await film({ confirm_token, allow_repeat: true })).text).toContain("Code: LEDGER_NOT_APPROVED")
      expect((await kling.ledger()).tasks.slice(before)).toMatchObject([{ externalTaskId: taskId(made) }])
    } finally {
      await careful.close()
    }
  })

  it("goes away, and another program takes up its task", async () => {
    const leaving = await connect(wire, client, kling.env)
    const task_id = taskId(await leaving.call("generate_image", { prompt: "a kite left behind" }))
    await leaving.close()
    await kling.passTime()
    const other = await connect("stdio", "v1", kling.env)
    try {
      expect((await other.call("wait_for_task", { task_id })).facts).toMatchObject({ task_id, status: "succeed" })
      expect((await other.call("list_tasks", { search: "left behind" })).text).toContain(task_id)
      await other.call("download_task", { task_id })
    } finally {
      await other.close()
    }
    expect(readdirSync(kling.outputDir)).toContain(`${task_id}.png`)
    const { charges } = await kling.ledger()
    expect(charges.filter(({ externalTaskId }) => externalTaskId === task_id)).toHaveLength(1)
  })

  it("is told which variables to set when there is no key", async () => {
    const keyless = await connect(wire, client, { HOME: kling.home, KLINGKIT_OUTPUT_DIR: kling.outputDir })
    try {
      expect((await keyless.listTools()).length).toBeGreaterThan(0)
      await expectGolden(kling, "no-key", [await keyless.call("generate_image", { prompt: "x" })])
    } finally {
      await keyless.close()
    }
  })

  it("leaves nothing half-written behind", () => {
    expect(existsSync(kling.outputDir)).toBe(true)
    expect(readdirSync(kling.outputDir).filter((name) => name.endsWith(".part"))).toEqual([])
  })
})
