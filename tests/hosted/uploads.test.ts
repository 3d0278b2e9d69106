import { createKling } from "@klingkit/core"
import { startS3 } from "@klingkit/hosting/testing"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openBrowser } from "../board/browser.ts"
import { freshKling } from "../mcp/emulated-kling.ts"
import { addKey } from "./access-key.ts"
import { send } from "./calls.ts"
import { startHosted } from "./hosted-server.ts"
import { startReverseProxy } from "./reverse-proxy.ts"

type Bytes = Uint8Array<ArrayBuffer>
type Json = Readonly<Record<string, unknown>>

let s3: Awaited<ReturnType<typeof startS3>>
let hosted: Awaited<ReturnType<typeof startHosted>>
const keys = new Map<string, string>()
/** An image and a video as a caller has them on its own machine. */
let image: Bytes
let video: Bytes
const links: Array<string> = []
/** What Kling gets. */
let recorder: Awaited<ReturnType<typeof startReverseProxy>>
const sent: Array<string> = []

beforeAll(async () => {
  s3 = await startS3()
  const emulated = await freshKling()
  recorder = await startReverseProxy((incoming) => {
    let body = ""
    incoming.on("data", (chunk: Buffer) => (body += String(chunk)))
    incoming.once("end", () => body !== "" && sent.push(body))
    return emulated.url
  })
  hosted = await startHosted(
    {
      ...s3.env,
      KLINGAI_BASE_URL: recorder.origin,
      KLINGKIT_AUTH_KEYS: "on",
      KLINGKIT_LOG: "json",
      KLINGKIT_LOG_LEVEL: "debug"
    },
    { kling: emulated }
  )
  for (const [name, scopes] of [
    ["anna", "kling:generate"],
    ["ben", "kling:generate"],
    ["reports", "kling:read"]
  ] as const) {
    keys.set(name, await addKey(hosted.settings, name, "--scopes", scopes))
  }
  const kling = createKling({ apiKey: hosted.kling.env.KLINGAI_API_KEY, baseUrl: hosted.kling.url })
  const fileOf = async (handle: string): Promise<Bytes> => {
    const [output] = (await kling.wait(handle)).outputs
    return read(output !== undefined && "url" in output ? output.url : undefined)
  }
  const [face, dance] = [
    await kling.submit("legacy.images.generations", { model: "kling-v3", prompt: "a face" }),
    await kling.submit("new.t2v.kling-3.0-turbo", { prompt: "a dance", durationSeconds: 5 })
  ]
  await hosted.kling.finishTasks()
  image = await fileOf(face.handle)
  video = await fileOf(dance.handle)
  await kling.close()
})
afterAll(async () => {
  const stderr = await hosted.close()
  await s3.close()
  recorder.close()
  expect(stderr).toContain('"/uploads"')
  for (const link of links) expect(stderr).not.toContain(link.split("/").at(-1))
})

const read = async (url = ""): Promise<Bytes> => new Uint8Array(await (await fetch(url)).arrayBuffer())

const post = (caller: string, path: string, body?: object) =>
  fetch(`${hosted.origin}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${keys.get(caller)}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })

const newLink = async (caller: string): Promise<string> => {
  const response = await post(caller, "/v1/uploads")
  expect(response.status).toBe(201)
  const url = String(((await response.json()) as Json)["upload_url"])
  links.push(url)
  return url
}

const put = async (link: string, body: BodyInit) => {
  const response = await fetch(link, { method: "PUT", body })
  return { status: response.status, json: (await response.json()) as Json }
}

const uploaded = async (caller: string, bytes: Bytes): Promise<string> => {
  const { status, json } = await put(await newLink(caller), bytes)
  expect(status).toBe(201)
  return String(json["id"])
}

const call = (caller: string, name: string, args: object) =>
  send(hosted.url, keys.get(caller) ?? "", "tools/call", { name, arguments: args })

/** The links of the bucket in what Kling got last. */
const sentLinks = (): ReadonlyArray<string> => sent.at(-1)?.match(new RegExp(`${s3.url}[^"\\\\]+`, "g")) ?? []

const spent = async () => (await hosted.kling.ledger()).tasks.length

describe("a file of a caller's own machine", { timeout: 120_000 }, () => {
  it("comes to Kling by a link that the refusal of its path names, and is one request however often it is given", async () => {
    const refused = await call("anna", "generate_image_to_video", {
      image_url: "/home/anna/face.png",
      prompt: "it smiles"
    })
    expect(refused.text).toMatch(
      /face\.png is not a URL or a task, and this server does not read files of your machine/
    )
    expect(refused.text).toContain("Charged: no")
    const [link = ""] = /(?<=curl -T FILE )\S+(?=,)/.exec(refused.text) ?? []
    links.push(link)
    const answer = await put(link, image)
    expect(answer).toMatchObject({ status: 201, json: { kind: "image", format: "png", bytes: image.length } })
    const id = String(answer.json["id"])
    expect(id).toMatch(/^upload:[0-9a-f]{32}$/)
    const made = async (given: string) => {
      const { text } = await call("anna", "generate_image_to_video", { image_url: given, prompt: "it smiles" })
      return /Task ID: (\S+)/.exec(text)?.[1]
    }
    const task = await made(id)
    expect(task).toMatch(/^kk-i2v-/)
    const [url] = sentLinks()
    expect(url).toMatch(/\/uploads\/[0-9a-f]{64}\.png\?.*X-Amz-Signature=/)
    expect(await read(url)).toEqual(image)
    const before = await spent()
    expect(await made(await uploaded("anna", image))).toBe(task)
    expect([await made(id), await spent()]).toEqual([task, before])
    const again = await call("anna", "repeat_task", { task_id: task, changes: JSON.stringify({ prompt: "it laughs" }) })
    expect(again.text).toMatch(/Task ID: kk-i2v-/)
    expect(await read(sentLinks()[0])).toEqual(image)
  })

  it("may be a video, which Kling takes in no other way, and is judged before anything is charged", async () => {
    const [figure, dance] = [await uploaded("anna", image), await uploaded("anna", video)]
    const { text } = await call("anna", "control_motion", { image_url: figure, video_url: dance })
    expect(text).toMatch(/Task ID: kk-/)
    const urls = sentLinks()
    expect(urls.map((url) => new URL(url).pathname.slice(-4)).toSorted()).toEqual([".mp4", ".png"])
    expect(await read(urls.find((url) => url.includes(".mp4")))).toEqual(video)
    const before = await spent()
    const swapped = await call("anna", "control_motion", { image_url: dance, video_url: figure })
    expect(swapped.text).toMatch(/video_url is an image, not a video/)
    expect((await call("anna", "control_motion", { image_url: figure, video_url: "dance.mp4" })).text).toContain(
      "curl -T FILE"
    )
    expect(await spent()).toBe(before)
  })

  it("is another caller's as little as one that was never uploaded", async () => {
    const id = await uploaded("anna", image)
    const never = `upload:${"0".repeat(32)}`
    const ask = async (given: string) =>
      (await call("ben", "generate_image_to_video", { image_url: given, prompt: "it smiles" })).text.replaceAll(
        given,
        "ID"
      )
    expect(await ask(id)).toBe(await ask(never))
    expect(await ask(id)).toContain("image_url is ID, which you have not uploaded here, or which is kept no longer")
  })

  it("that the bucket no longer has is unknown before anything is charged", async () => {
    const id = await uploaded("ben", image)
    const before = await spent()
    for (const key of await s3.keys()) if (key.includes("/uploads/")) await s3.lose(key)
    const { text } = await call("ben", "generate_image_to_video", { image_url: id, prompt: "it smiles" })
    expect(text).toContain("is kept no longer")
    expect(await spent()).toBe(before)
    expect(await uploaded("ben", image)).toBe(id)
    expect((await call("ben", "generate_image_to_video", { image_url: id, prompt: "it smiles" })).text).toContain(
      "Task ID"
    )
  })
})

describe("a link", { timeout: 120_000 }, () => {
  it("takes one file, of several that come at once too", async () => {
    const link = await newLink("anna")
    const answers = await Promise.all([put(link, image), put(link, image), put(link, image)])
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "410", "410"])
    expect((await put(link, image)).json["error"]).toBe(
      "this link was used, and is good for one file; ask for another one where you got it"
    )
    expect((await fetch(link)).status).toBe(410)
  })

  it("stays open when what came is not for Kling, of which nothing is kept", async () => {
    const link = await newLink("anna")
    const before = await s3.keys()
    const text = "Dear Kling,\n".repeat(40)
    expect(await put(link, text)).toMatchObject({
      status: 415,
      json: {
        error: expect.stringMatching(
          /^the file is not media; Kling takes image \(jpg, png.*video \(mp4, mov\), audio/
        ) as string
      }
    })
    expect(await put(link, new Uint8Array())).toMatchObject({ status: 422, json: { error: "the file is empty" } })
    expect(await put(link, image.slice(0, -2000))).toMatchObject({
      status: 415,
      json: { error: expect.stringContaining("truncated png") as string }
    })
    const wave = new Uint8Array(6_000_000)
    wave.set(new TextEncoder().encode("RIFF\0\0\0\0WAVE"))
    expect(await put(link, wave)).toMatchObject({
      status: 413,
      json: { error: expect.stringContaining("more than 5 MB") as string }
    })
    expect(await s3.keys()).toEqual(before)
    s3.refuse(Infinity)
    expect((await put(link, video)).status).toBe(503)
    s3.refuse(0)
    expect((await put(link, image)).status).toBe(201)
  })

  it("stays open when its client is gone before the end", async () => {
    const link = await newLink("anna")
    await new Promise<void>((resolve) => {
      const cut = request(hosted.inner().replace("/mcp", new URL(link).pathname), {
        method: "PUT",
        headers: { "content-length": String(image.length) }
      })
      cut.on("error", () => resolve())
      cut.write(image.subarray(0, 1000), () => cut.destroy(new Error("gone")))
    })
    await expect.poll(async () => (await fetch(link)).status).toBe(200)
    expect((await put(link, image)).status).toBe(201)
  })

  it("is given to callers who may generate, and says nothing of whose it is", async () => {
    const denied = await post("reports", "/v1/uploads")
    expect([denied.status, denied.headers.get("content-type")]).toEqual([403, "application/problem+json"])
    expect((await fetch(`${hosted.origin}/v1/uploads`, { method: "POST" })).status).toBe(401)
    expect(
      (await fetch(`${hosted.origin}/v1/uploads`, { headers: { authorization: `Bearer ${keys.get("anna")}` } })).status
    ).toBe(405)
    const unknown = `${hosted.origin}/uploads/${"A".repeat(43)}`
    expect(await put(unknown, image)).toMatchObject({
      status: 404,
      json: { error: "there is no such link; ask for another one where you got it" }
    })
    const link = await newLink("ben")
    const wrong = await fetch(link, { method: "DELETE" })
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, POST, PUT"])
    expect(await (await fetch(link)).text()).not.toContain("ben")
  })

  it("shows a form in a browser, without scripts", async () => {
    const chromium = await openBrowser()
    const folder = await mkdtemp(join(tmpdir(), "klingkit-files-"))
    try {
      const context = await chromium.browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      const failures: Array<string> = []
      page.on("requestfailed", (failed) => failures.push(failed.url()))
      page.on("console", (message) => failures.push(message.text()))
      const link = await newLink("anna")
      await page.goto(link)
      await writeFile(join(folder, "notes.txt"), "no media ".repeat(100))
      await writeFile(join(folder, "face.png"), image)
      await page.getByLabel("File", { exact: true }).setInputFiles(join(folder, "notes.txt"))
      await page.getByRole("button", { name: "Upload" }).click()
      expect(await page.getByRole("alert").innerText()).toMatch(/^The file is not media; .* the link is still open\.$/)
      failures.length = 0
      await page.getByLabel("File", { exact: true }).setInputFiles(join(folder, "face.png"))
      await page.getByRole("button", { name: "Upload" }).click()
      expect(await page.getByRole("status").innerText()).toBe("Uploaded.")
      expect(await page.locator("main strong").innerText()).toBe(await uploaded("anna", image))
      expect(failures).toEqual([])
      await page.goto(link)
      expect(await page.locator("main").innerText()).toContain("This link was used")
    } finally {
      await chromium.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

it("a server without a bucket gives no links, and says what it lacks", async () => {
  const bare = await startHosted({ KLINGKIT_AUTH_KEYS: "on" })
  try {
    const key = await addKey(bare.settings, "anna")
    const headers = { authorization: `Bearer ${key}` }
    const answer = await fetch(`${bare.origin}/v1/uploads`, { method: "POST", headers })
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { code: "REST_NO_UPLOADS", next: expect.stringContaining("KLINGKIT_MEDIA_BUCKET") as string }
    ])
    const { text } = await send(bare.url, key, "tools/call", {
      name: "generate_image_to_video",
      arguments: { image_url: "/home/anna/face.png", prompt: "it smiles" }
    })
    expect(text).not.toContain("curl")
  } finally {
    await bare.close()
  }
}, 60_000)
