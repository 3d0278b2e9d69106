import { startS3 } from "@klingkit/hosting/testing"
import { createKling } from "@klingkit/core"
import { readdirSync } from "node:fs"
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { start } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

let s3: Awaited<ReturnType<typeof startS3>>
let hosted: Awaited<ReturnType<typeof startHosted>>
let anna: string
let ben: string
let answers = ""

beforeAll(async () => {
  s3 = await startS3()
  hosted = await startHosted({ ...s3.env, KLINGKIT_AUTH_KEYS: "on" })
  anna = await addKey(hosted.settings, "anna")
  ben = await addKey(hosted.settings, "ben")
})
afterEach(() => s3.refuse(0))
afterAll(async () => {
  const stderr = await hosted.close()
  await s3.close()
  // The name of the key is part of each link; its secret, which the server there has chosen to be the same, is nowhere else.
  expect(`${stderr}${answers}`.replaceAll("X-Amz-Credential=S3RVER%2F", "")).not.toContain("S3RVER")
})

interface Answer {
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
  readonly links: ReadonlyArray<string>
}

const rpc = async (key: string, method: string, params: object) => {
  const response = await fetch(hosted.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
  })
  const body = await response.text()
  answers += body
  return (JSON.parse(body) as { readonly result: never }).result
}

const call = async (key: string, name: string, args: object): Promise<Answer> => {
  const { content, structuredContent: data = {} } = (await rpc(key, "tools/call", { name, arguments: args })) as {
    readonly content: ReadonlyArray<{ readonly type: string; readonly text?: string }>
    readonly structuredContent?: Answer["data"]
  }
  const text = content.map((block) => block.text ?? "").join("\n")
  return { text, data, links: [...new Set(text.match(/(?<=URL: )\S+/g))] }
}

/** A task of a caller, which has ended at Kling. */
const made = async (key: string, tool: string, args: object): Promise<string> => {
  const { data } = await call(key, tool, args)
  await hosted.kling.finishTasks()
  return String(data["task_id"])
}

const read = async (url = "") => {
  const response = await fetch(url)
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** The first result of a task as Kling has it. */
const atKling = async (handle: string) => {
  const { env } = hosted.kling
  const kling = createKling({ apiKey: env.KLINGAI_API_KEY, baseUrl: env.KLINGAI_BASE_URL })
  try {
    const [output] = (await kling.wait(handle)).outputs
    return await read(output !== undefined && "url" in output ? output.url : undefined)
  } finally {
    await kling.close()
  }
}

/** How often files were fetched from Kling. */
const fetches = async () => (await hosted.kling.requests()).filter(({ path }) => path.startsWith("/files/")).length

/** What takes long is stored in the background. */
const stored = (key: string, id: unknown): Promise<Answer> =>
  vi.waitFor(
    async () => {
      const answer = await call(key, "wait_for_task", { task_id: id })
      expect(answer.links.map(isSigned)).not.toContain(false)
      return answer
    },
    { timeout: 100_000 }
  )

const isSigned = (url: string) => url.startsWith(`${s3.url}/caller-`) && url.includes("X-Amz-Signature=")

describe("results of a server with a media store", { timeout: 120_000 }, () => {
  it("are stored once a caller sees that they are there, and given as links that any program reads", async () => {
    const id = await made(anna, "generate_video", { prompt: "a lighthouse" })
    const waited = await stored(anna, id)
    expect(waited.text).toMatch(/these links end at \S+; a later call gives new ones/)
    const media = await read(waited.links[0])
    expect([media.status, media.bytes.equals((await atKling(id)).bytes)]).toEqual([200, true])
    const before = await fetches()
    const puts = () => s3.requests.filter((request) => request.startsWith("PUT")).length
    const putsBefore = puts()
    const answers = [
      waited,
      await call(anna, "check_video_status", { task_id: id }),
      await call(anna, "download_task", { task_id: id, file_name: "fox" }),
      await call(anna, "download_task", { task_ids: [id] }),
      await call(anna, "board_tasks", { task_id: id }),
      await call(anna, "board_tasks", {})
    ]
    for (const { links, data } of answers) {
      const urls = links.length > 0 ? links : (JSON.stringify(data).match(/(?<="url":")[^"]+/g) ?? [])
      expect(urls.map(isSigned)).toEqual([true])
      expect((await read(urls[0])).bytes.equals(media.bytes)).toBe(true)
    }
    expect((await fetch(answers[2]?.links[0] ?? "")).headers.get("content-disposition")).toContain("fox.mp4")
    expect([await fetches(), puts()]).toEqual([before, putsBefore])
    expect(
      readdirSync(hosted.kling.outputDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    ).toEqual([])
  })

  it("have a link each, also those of a pipeline", async () => {
    const images = await made(anna, "generate_image", { prompt: "a pier", num_images: 3 })
    const { links } = await stored(anna, images)
    expect(links.map(isSigned)).toEqual([true, true, true])
    expect((await Promise.all(links.map(read))).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(links.map((url) => new URL(url).pathname.at(-5))).toEqual(["1", "2", "3"])
    const video = await made(anna, "generate_video", { prompt: "a captain" })
    const { data } = await call(anna, "create_lipsync", { task_id: video, tts_text: "Good morning, and welcome" })
    const spoken = await stored(anna, data["task_id"])
    expect(spoken.links.map(isSigned)).toEqual([true])
    expect((await read(spoken.links[0])).bytes.subarray(4, 8).toString()).toBe("ftyp")
  })

  it("belong to their caller alone", async () => {
    const id = await made(anna, "generate_image", { prompt: "a harbour" })
    const [link = ""] = (await stored(anna, id)).links
    const unknown = `kk-img-${"0".repeat(26)}`
    for (const tool of ["check_image_status", "wait_for_task", "download_task"]) {
      const { text, links } = await call(ben, tool, { task_id: id })
      expect(text.replaceAll(id, unknown)).toBe((await call(ben, tool, { task_id: unknown })).text)
      expect(links).toEqual([])
    }
    const own = await made(ben, "generate_image", { prompt: "a harbour" })
    const [bens = ""] = (await stored(ben, own)).links
    expect(new URL(bens).pathname.split("/")[2]).not.toBe(new URL(link).pathname.split("/")[2])
    // The signature is for one object.
    expect((await read(bens.replace(new URL(bens).pathname, new URL(link).pathname))).status).toBe(403)
  })

  it("are inputs by their links, which stand for the same result whatever their signature is", async () => {
    const image = await made(anna, "generate_image", { prompt: "a gull" })
    const [first] = (await stored(anna, image)).links
    const [second] = (await call(anna, "download_task", { task_id: image, file_name: "gull" })).links
    expect(second).not.toBe(first)
    const animate = async (image_url: unknown) =>
      (await call(anna, "generate_image_to_video", { image_url, prompt: "it flies" })).data["task_id"]
    const video = await animate(first)
    expect(video).toMatch(/^kk-i2v-/)
    expect([await animate(second), await animate(image)]).toEqual([video, video])
  })

  it("are fetched again where the store has lost them", async () => {
    const id = await made(anna, "generate_image", { prompt: "a buoy" })
    const first = await read((await stored(anna, id)).links[0])
    await s3.lose((await s3.keys()).find((key) => key.endsWith(`${id}.png`)) ?? "")
    await stored(anna, id)
    const again = await read((await stored(anna, id)).links[0])
    expect([again.status, again.bytes.equals(first.bytes)]).toEqual([200, true])
  })

  it("are Kling's links and a clear error while the store is away, and stored later without being fetched again", async () => {
    const id = await made(anna, "generate_image", { prompt: "a storm" })
    s3.refuse(Infinity)
    const { text, links } = await call(anna, "wait_for_task", { task_id: id })
    expect(text).toContain("Charged: ")
    expect(links.map((url) => url.startsWith(hosted.kling.url))).toEqual([true])
    const failed = await call(anna, "download_task", { task_id: id })
    expect(failed.text).toContain("the media store does not take it: HTTP 503; it waits on the server")
    const before = await fetches()
    s3.refuse(0)
    const { links: later } = await stored(anna, id)
    expect(await fetches()).toBe(before)
    expect((await read(later[0])).bytes.equals((await atKling(id)).bytes)).toBe(true)
  })
})

it("the board shows media of the store alone", async () => {
  const { contents } = (await rpc(anna, "resources/read", { uri: "ui://klingkit/board" })) as {
    readonly contents: ReadonlyArray<{ readonly _meta: { readonly ui: { readonly csp: object } } }>
  }
  expect(contents[0]?._meta.ui.csp).toEqual({ resourceDomains: [s3.origin], connectDomains: [] })
})

it.each([
  [{ AWS_SECRET_ACCESS_KEY: "" }, "KLINGKIT_MEDIA_BUCKET needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  [{ KLINGKIT_MEDIA_BUCKET: "http://s3.example/media" }, "KLINGKIT_MEDIA_BUCKET must be an https URL"],
  [{ KLINGKIT_MEDIA_BUCKET: "https://s3.example" }, "KLINGKIT_MEDIA_BUCKET must name a bucket"]
])("a server with the settings %j does not start", async (settings, words) => {
  const program = start("klingkit-mcp-http", ["--port", "0"], { ...hosted.settings, ...settings })
  expect((await program.ended).code).toBe(2)
  expect(program.stderr).toContain(words)
  expect(program.stderr).not.toContain("S3RVER")
})
