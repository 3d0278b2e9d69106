import { Effect } from "effect"
import type { KlingAnswer } from "../routes/request.ts"
import type { KlingWorld } from "../world/kling-world.ts"

export interface Asking {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What follows `Bearer`; the world's API key by default, `null` for no Authorization header at all. */
  readonly token?: string | null
}

/** Any JSON, read by tests field by field. */
export type Loose = ReturnType<typeof JSON.parse>

export interface Answered extends KlingAnswer {
  readonly text: string
  readonly json: Loose
}

/** One request to a world, with its API key: `ask(world, "GET /tasks?task_ids=1")`. */
export const ask = (world: KlingWorld, line: string, asking: Asking = {}): Effect.Effect<Answered> => {
  const [method = "GET", target = "/"] = line.split(" ")
  const url = new URL(target, "http://kling.emulator")
  const token = asking.token === undefined ? world.keys.apiKey : asking.token
  const { body } = asking
  const request = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...asking.headers },
    body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
  }
  return Effect.map(world.answer(request), (answer) => {
    const text = typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body)
    const isJson = (answer.headers["content-type"] ?? "").startsWith("application/json")
    return { ...answer, text, json: isJson && text !== "" ? JSON.parse(text) : undefined }
  })
}

/** A legal body of `POST /text-to-video/kling-3.0`: 3 units. */
export const film = (externalId = "", prompt = "a paper boat"): Loose => ({
  prompt,
  settings: { duration: 5, resolution: "720p" },
  options: { external_task_id: externalId }
})

/** A legal body of `POST /v1/images/generations`: 8 units for each picture. */
export const picture = (externalId = "", n = 1): Loose => ({
  model_name: "kling-v3",
  prompt: "a paper boat",
  n,
  external_task_id: externalId
})

/** Longer than any task of the emulator lasts at its usual speed. */
export const longEnough = "2 minutes"

export const filmPath = "POST /text-to-video/kling-3.0"
export const picturePath = "POST /v1/images/generations"

/** The ledger's charges. */
export const charges = (world: KlingWorld): Effect.Effect<ReadonlyArray<Loose>> =>
  Effect.map(ask(world, "GET /_emulator/ledger"), ({ json }) => json.charges)
