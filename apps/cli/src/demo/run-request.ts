import { Effect, Predicate } from "effect"
import { Output } from "../output/output.ts"
import type { Agent } from "./agent.ts"
import type { DemoRequest } from "./requests.ts"

/** The result of one request. `usd` is the price quoted before it was sent. */
export interface DemoResult {
  readonly what: string
  readonly handle: string
  readonly model: string
  readonly units: number | undefined
  readonly usd: number | undefined
  readonly file: string
}

const text = (value: unknown): string => (Predicate.isString(value) ? value : "")
const number = (value: unknown): number | undefined => (Predicate.isNumber(value) ? value : undefined)
const record = (value: unknown): Readonly<Record<string, unknown>> => (Predicate.isObject(value) ? value : {})

/** Generate, wait, download: the three calls of an agent. */
export const runRequest = Effect.fnUntraced(function* (agent: Agent, request: DemoRequest) {
  const output = yield* Output
  const context = yield* Effect.context()
  const show = (message: string) => void Effect.runForkWith(context)(output.live(`${request.what}: ${message}`))

  const submitted = yield* agent.call(request.tool, request.args, show)
  const handle = text(submitted["task_id"])
  const quote = record(submitted["quote"])
  yield* output.say(`${request.what}: submitted as ${handle}`)

  yield* agent
    .call("wait_for_task", { task_id: handle }, show)
    .pipe(Effect.repeat({ until: ({ status }) => status === "succeed" || status === "failed" }))
  const saved = yield* agent.call(
    "download_task",
    { task_id: handle, file_name: request.fileName, overwrite: true },
    show
  )
  const files = Array.isArray(saved["files"]) ? saved["files"] : []
  const file = text(record(files[0])["path"])
  yield* output.say(`${request.what}: ${file}`)
  return {
    what: request.what,
    handle,
    model: text(submitted["model"]),
    units: number(quote["units"]),
    usd: number(quote["usd"]),
    file
  } satisfies DemoResult
})
