import { catalog, mostUsd, openScenes } from "@klingkit/core"
import { Effect } from "effect"
import type { Tool } from "../tool.ts"

type Arguments = Readonly<Record<string, unknown>>
type Schema = Readonly<Record<string, unknown>>

/** What the arguments of a call may speak of: a clip that a task has made. */
export interface Surroundings {
  readonly clipTaskId: string
}

/**
 * Calls of a charged tool that spend: one for each of its required choices, for `call_kling_api` one for each paid
 * operation. No tool is known here by name: whoever follows the schema and the tool's own errors comes to such a call.
 */
export const spendingCalls = Effect.fnUntraced(function* (tool: Tool, around: Surroundings) {
  const calls = yield* Effect.forEach(variants(tool), (begun) => completed(tool, begun, around))
  return calls.filter((one) => one !== undefined)
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
    (sofar, name) => {
      const choices: unknown = properties[name]?.["enum"]
      return Array.isArray(choices)
        ? choices.flatMap((value) => sofar.map((one) => ({ ...one, [name]: value as unknown })))
        : sofar
    },
    [{}]
  )
}

/** Adds what the tool says is missing until it has a plan; nothing when the plan is free of charge. */
const completed = Effect.fnUntraced(function* (tool: Tool, begun: Arguments, around: Surroundings) {
  const properties = propertiesOf(tool)
  let args = begun
  for (let turn = 0; turn < 12; turn++) {
    const planned = yield* Effect.result(tool.plan?.(args) ?? Effect.die(`${tool.name} has no plan`))
    if (planned._tag === "Success") {
      return planned.success.operation.billed && mostUsd(planned.success.quote) !== 0
        ? { args, quote: planned.success.quote }
        : undefined
    }
    const { reason, message } = planned.failure
    if (reason._tag !== "InvalidInput") break
    const field = reason.problems.map((one) => one.field).find((name) => name in properties && !(name in args))
    if (field === undefined) return yield* Effect.die(`${tool.name} ${JSON.stringify(args)}: ${message}`)
    args = { ...args, [field]: sample(field, properties[field] ?? {}, around) }
  }
  return yield* Effect.die(`no legal call of ${tool.name} was found: ${JSON.stringify(args)}`)
})

const words = "Good morning to everybody in this room"

const sample = (name: string, schema: Schema, around: Surroundings): unknown => {
  const { type, enum: choices, items, minimum } = schema
  if (Array.isArray(choices)) return choices[0]
  if (type === "array") return [sample(name, (items ?? {}) as Schema, around)]
  if (type === "number" || type === "integer") return minimum ?? 0.5
  if (type === "boolean") return true
  if (name === "task_id") return around.clipTaskId
  if (name.endsWith("_scene")) return openScenes[0]
  if (name.endsWith("_id")) return "890123456789012345"
  if (name.endsWith("name")) return "Ada"
  const [, kind] = /(image|video|audio|voice)_urls?$/.exec(name) ?? []
  return kind === undefined
    ? words
    : `https://a.example/${{ image: "a.png", video: "a.mp4", audio: "a.mp3", voice: "a.mp3" }[kind]}`
}
