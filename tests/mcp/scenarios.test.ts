import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Answer, clients, connect, type Host, wires } from "./hosts.ts"
import { freshKling } from "./emulated-kling.ts"

const every = wires.flatMap((wire) => clients.map((client) => [wire, client] as const))
type Kling = Awaited<ReturnType<typeof freshKling>>

/** One golden file for each scenario, shared by all transports and clients. */
const expectGolden = (kling: Kling, scenario: string, answers: ReadonlyArray<unknown>) =>
  expect(kling.normalize(`${JSON.stringify(answers, withoutImages, 2)}\n`)).toMatchFileSnapshot(
    `golden/${scenario}.snap`
  )

const withoutImages = (field: string, value: unknown): unknown => (field === "images" ? undefined : value)

const taskId = ({ structured }: Answer): string => structured?.["task_id"] as string

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

  it("gets images: submit, wait, check the status, download", async () => {
    const submitted = await host.call("generate_image", { prompt: "a red kite", num_images: 2, aspect_ratio: "1:1" })
    const task_id = taskId(submitted)
    const waited = await host.call("wait_for_task", { task_id })
    const status = await host.call("check_image_status", { task_id })
    const preview = await host.call("check_image_status", { task_id, preview: true })
    const saved = await host.call("download_task", { task_id })
    await expectGolden(
      kling,
      "images",
      [submitted, waited, status, saved].map((answer) => ({ ...answer, text: answer.text.split("\n") }))
    )

    expect(status.images).toEqual([])
    expect(preview.text).toContain("\nPreview: 768x380 pixels, 2 images in reading order\n")
    expect(preview.images).toMatchObject([{ mimeType: "image/jpeg" }])
    expect(preview.images[0]?.bytes.subarray(0, 3).toString("hex")).toBe("ffd8ff")
    expect(status.text).toMatch(new RegExp(`^Task ID: ${task_id}$`, "m"))
    expect(status.text).toMatch(/^Status: succeed$/m)
    expect(status.text).toMatch(/^Image 1:\n- URL: http\S+$/m)
    expect(status.text).toMatch(/^Note: Images will be cleared after 30 days for security/m)
    expect(status.links).toHaveLength(2)
    const names = readdirSync(kling.outputDir)
    expect(names.toSorted()).toEqual(
      [1, 2].flatMap((n) => [`${task_id}-${n}.png`, `${task_id}-${n}.png.json`]).toSorted()
    )
    for (const name of names.filter((name) => name.endsWith(".png"))) {
      expect(readFileSync(join(kling.outputDir, name)).subarray(1, 4).toString()).toBe("PNG")
    }
    const second = await host.call("download_task", { task_id })
    expect(second.text).toContain("Already saved before, and unchanged: 2 of 2.")
    writeFileSync(join(kling.outputDir, `${task_id}-2.png`), "mine")
    expect((await host.call("download_task", { task_id })).text).toContain("Code: JOB_FILE_EXISTS")
    expect((await host.call("download_task", { task_id, overwrite: true })).isError).toBe(false)
  })

  it("gets a video from an image on disk, but not from one outside the allowed folders", async () => {
    const image = readdirSync(kling.outputDir).find((name) => name.endsWith(".png")) ?? ""
    const submitted = await host.call("generate_image_to_video", {
      image_url: join(kling.outputDir, image),
      prompt: "it takes off",
      duration: "5",
      mode: "standard"
    })
    await kling.finishTasks()
    const status = await host.call("check_video_status", { task_id: taskId(submitted) })
    const outside = await host.call("generate_image_to_video", { image_url: process.execPath, prompt: "x" })
    await expectGolden(
      kling,
      "image-to-video",
      [submitted, status].map((answer) => ({ ...answer, text: answer.text.split("\n") }))
    )
    expect(outside.text).toMatch(
      /^Error: .* is outside the readable folders .*\nCharged: no\n.*\nCode: JOB_FILE_DENIED$/
    )
  })

  it("learns which argument is invalid, and nothing is sent", async () => {
    const before = (await kling.requests()).length
    const answers = [
      await host.call("generate_video", { prompt: "x", frobnicate: true }),
      await host.call("generate_video", { prompt: "x", model_name: "kling-v1.6" }),
      await host.call("wait_for_task", { task_id: "1", timeout_seconds: "soon" })
    ]
    await expectGolden(kling, "wrong-arguments", answers)
    expect((await kling.requests()).length).toBe(before)
  })

  it("gets a protocol error for an unknown tool", async () => {
    await expect(host.call("generate_film", {})).rejects.toMatchObject({ code: -32_602 })
  })

  it("pays once when the connection to Kling breaks after the request was accepted", async () => {
    const before = await kling.ledger()
    await kling.injectFault({ fault: "commit-then-drop" })
    const submitted = await host.call("generate_video", { prompt: "a red kite" })
    await kling.finishTasks()
    const { charges, tasks } = await kling.ledger()
    expect(submitted.isError).toBe(false)
    expect(charges.slice(before.charges.length)).toMatchObject([{ externalTaskId: taskId(submitted), units: 3 }])
    expect(tasks).toHaveLength(before.tasks.length + 1)
  })

  it("derives from a video: the next shot, lip sync, an effect, clothes; and lists the results", async () => {
    const task_id = taskId(await host.call("generate_video", { prompt: "a woman on a bench" }))
    await kling.finishTasks()
    const image_urls = ["https://a.example/dog.png"]
    const next = await host.call("extend_video", { task_id, prompt: "she stands up" })
    const lipSynced = await host.call("create_lipsync", { task_id, tts_text: "Good morning, and welcome to the show" })
    const withEffect = await host.call("apply_video_effect", { image_urls, effect_scene: "pet_dance" })
    const tryOn = { person_image_url: "https://a.example/ada.png", cloth_image_urls: image_urls }
    const dressed = await host.call("virtual_try_on", tryOn)
    await expectGolden(
      kling,
      "derived-videos",
      [next, withEffect, dressed].map((answer) => ({ ...answer, text: answer.text.split("\n") }))
    )
    await kling.finishTasks()
    const list = await host.call("list_tasks", { page_size: 20 })
    for (const answer of [next, lipSynced, withEffect]) expect(list.text).toContain(`Task ID: ${taskId(answer)}`)
    expect(list.text).not.toContain("Task ID: kk-lipsync")
    for (const answer of [next, lipSynced, withEffect, dressed]) {
      expect((await host.call("wait_for_task", { task_id: taskId(answer) })).structured).toMatchObject({
        status: "succeed"
      })
    }
  })

  it("needs an approval above a price, and one approval is valid for one call", async () => {
    const guarded = await connect(wire, client, {
      ...kling.env,
      KLINGKIT_CONFIRM_ABOVE_USD: "1",
      KLINGKIT_CONFIRM_TOKENS: "on"
    })
    const generate = (args: Readonly<Record<string, unknown>>) =>
      guarded.call("generate_video", { prompt: "a long film", duration: 15, ...args })
    const before = (await kling.ledger()).tasks.length
    try {
      const refused = await generate({})
      expect(refused.text).toMatch(
        /^Error: the price is \$1\.26 [^]*KLINGKIT_CONFIRM_ABOVE_USD[^]*call quote_cost[^]*\nCode: JOB_NOT_APPROVED$/
      )

      const args = JSON.stringify({ prompt: "a long film", duration: 15 })
      const quote = await guarded.call("quote_cost", { tool: "generate_video", arguments: args })
      const { confirm_token } = quote.structured as { readonly confirm_token: string }
      expect((await generate({ prompt: "another film", confirm_token })).text).toContain("Code: LEDGER_NOT_APPROVED")
      expect((await kling.ledger()).tasks).toHaveLength(before)

      const submitted = await generate({ confirm_token })
      expect((await generate({ confirm_token, allow_duplicate: true })).text).toContain("Code: LEDGER_NOT_APPROVED")
      expect((await kling.ledger()).tasks.slice(before)).toMatchObject([{ externalTaskId: taskId(submitted) }])
    } finally {
      await guarded.close()
    }
  })

  it("disconnects, and another process resumes its task", async () => {
    const closing = await connect(wire, client, kling.env)
    const task_id = taskId(await closing.call("generate_image", { prompt: "a kite left behind" }))
    await closing.close()
    await kling.finishTasks()
    const other = await connect("stdio", "v1", kling.env)
    try {
      expect((await other.call("wait_for_task", { task_id })).structured).toMatchObject({ task_id, status: "succeed" })
      expect((await other.call("list_tasks", { search: "left behind" })).text).toContain(task_id)
      await other.call("download_task", { task_id })
    } finally {
      await other.close()
    }
    expect(readdirSync(kling.outputDir)).toContain(`${task_id}.png`)
    const { charges } = await kling.ledger()
    expect(charges.filter(({ externalTaskId }) => externalTaskId === task_id)).toHaveLength(1)
  })

  it("learns which variables to set when no key is set", async () => {
    const keyless = await connect(wire, client, { HOME: kling.home, KLINGKIT_OUTPUT_DIR: kling.outputDir })
    try {
      expect((await keyless.listTools()).length).toBeGreaterThan(0)
      await expectGolden(kling, "no-key", [await keyless.call("generate_image", { prompt: "x" })])
    } finally {
      await keyless.close()
    }
  })

  it("leaves no partial files behind", () => {
    expect(existsSync(kling.outputDir)).toBe(true)
    expect(readdirSync(kling.outputDir).filter((name) => name.endsWith(".part"))).toEqual([])
  })
})
