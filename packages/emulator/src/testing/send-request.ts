import { Effect } from "effect"
import type { KlingAnswer } from "../routes/request.ts"
import type { KlingWorld } from "../world/kling-world.ts"

export interface SendOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The bearer token; the world's API key by default, `null` for no Authorization header. */
  readonly token?: string | null
}

/** Untyped JSON for tests. */
export type Loose = ReturnType<typeof JSON.parse>

export interface SentResponse extends KlingAnswer {
  readonly text: string
  readonly json: Loose
}

/** One request to a world, with its API key: `sendRequest(world, "GET /tasks?task_ids=1")`. */
export const sendRequest = (
  world: KlingWorld,
  line: string,
  options: SendOptions = {}
): Effect.Effect<SentResponse> => {
  const [method = "GET", target = "/"] = line.split(" ")
  const url = new URL(target, "http://kling.emulator")
  const token = options.token === undefined ? world.keys.apiKey : options.token
  const { body } = options
  const request = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...options.headers },
    body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
  }
  return Effect.map(world.answer(request), (answer) => {
    const text = typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body)
    const isJson = (answer.headers["content-type"] ?? "").startsWith("application/json")
    return { ...answer, text, json: isJson && text !== "" ? JSON.parse(text) : undefined }
  })
}

/** A valid body of `POST /text-to-video/kling-3.0`: 3 units. */
export const videoBody = (externalId = "", prompt = "a paper boat"): Loose => ({
  prompt,
  settings: { duration: 5, resolution: "720p" },
  options: { external_task_id: externalId }
})

/** A valid body of `POST /v1/images/generations`: 8 units per image. */
export const imageBody = (externalId = "", n = 1): Loose => ({
  model_name: "kling-v3",
  prompt: "a paper boat",
  n,
  external_task_id: externalId
})

/** Longer than any task of the emulator takes at its default speed. */
export const longEnough = "2 minutes"

export const createVideoPath = "POST /text-to-video/kling-3.0"
export const createImagePath = "POST /v1/images/generations"

/** The ledger's charges. */
export const charges = (world: KlingWorld): Effect.Effect<ReadonlyArray<Loose>> =>
  Effect.map(sendRequest(world, "GET /_emulator/ledger"), ({ json }) => json.charges)
