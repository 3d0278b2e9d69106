import { catalog, maxUsd } from "@klingkit/core"
import { openScenes } from "@klingkit/core/internal"
import { Effect } from "effect"
import type { Tool } from "../tool.ts"

type Arguments = Readonly<Record<string, unknown>>
type Schema = Readonly<Record<string, unknown>>

/** What the arguments of a call may refer to. */
export interface Context {
  /** A task that has made a video. */
  readonly videoTaskId: string
  /** A task whose request the ledger has, for a tool that changes it. */
  readonly keptTaskId: string
}

/**
 * Calls of a charged tool that spend: one per required enum value, for `call_kling_api` one per paid operation. No tool is
 * known here by name: the schema and the tool's own errors lead to each call.
 */
export const chargedCalls = Effect.fnUntraced(function* (tool: Tool, context: Context) {
  const calls = yield* Effect.forEach(variants(tool), (partial) => completed(tool, partial, context))
  return calls.filter((made) => made !== undefined)
})

const propertiesOf = ({ inputSchema }: Tool) => inputSchema.properties as Readonly<Record<string, Schema>>

const variants = (tool: Tool): ReadonlyArray<Arguments> => {
  const properties = propertiesOf(tool)
  if ("operation" in properties && "input" in properties) {
    const paid = catalog.filter(({ billed, example }) => billed && !("sessionId" in example))
    return paid.map(({ id, example }) => ({ operation: id, input: JSON.stringify(example) }))
  }
  const { required = [] } = tool.inputSchema
  return required.reduce<ReadonlyArray<Arguments>>(
    (calls, name) => {
      const values: unknown = properties[name]?.["enum"]
      return Array.isArray(values)
        ? values.flatMap((value) => calls.map((args) => ({ ...args, [name]: value as unknown })))
        : calls
    },
    [{}]
  )
}

/** Adds what the tool says is missing until it has a plan; undefined when the plan is free. */
const completed = Effect.fnUntraced(function* (tool: Tool, partial: Arguments, context: Context) {
  const properties = propertiesOf(tool)
  let args = partial
  for (let attempt = 0; attempt < 12; attempt++) {
    const planned = yield* Effect.result(tool.plan?.(args) ?? Effect.die(`${tool.name} has no plan`))
    if (planned._tag === "Success") {
      return planned.success.operation.billed && maxUsd(planned.success.quote) !== 0
        ? { args, quote: planned.success.quote }
        : undefined
    }
    const { reason, message } = planned.failure
    if (reason._tag !== "InvalidInput") break
    const field = reason.problems.map((problem) => problem.field).find((name) => name in properties && !(name in args))
    if (field === undefined) return yield* Effect.die(`${tool.name} ${JSON.stringify(args)}: ${message}`)
    args = { ...args, [field]: sample(field, properties, context) }
  }
  return yield* Effect.die(`no valid call of ${tool.name} was found: ${JSON.stringify(args)}`)
})

const speech = "Good morning to everyone in this room"

const sample = (name: string, properties: Readonly<Record<string, Schema>>, context: Context): unknown => {
  const { type, enum: choices, items, minimum } = properties[name] ?? {}
  if (Array.isArray(choices)) return choices[0]
  if (type === "array") return [sample(name, { [name]: (items ?? {}) as Schema }, context)]
  if (type === "number" || type === "integer") return minimum ?? 0.5
  if (type === "boolean") return true
  if (name === "task_id") return "changes" in properties ? context.keptTaskId : context.videoTaskId
  if (name.endsWith("_scene")) return openScenes[0]
  if (name.endsWith("_id")) return "890123456789012345"
  if (name.endsWith("name")) return "Ada"
  const [, kind] = /(image|video|audio|voice)_urls?$/.exec(name) ?? []
  return kind === undefined
    ? speech
    : `https://a.example/${{ image: "a.png", video: "a.mp4", audio: "a.mp3", voice: "a.mp3" }[kind]}`
}
