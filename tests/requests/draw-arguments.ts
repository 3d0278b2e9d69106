import type { Tool } from "@klingkit/tools"
import * as fc from "fast-check"
import type { Input } from "./draw-inputs.ts"
import type { Spelling } from "./faces.ts"

interface Property {
  readonly type?: string
  readonly enum?: ReadonlyArray<string>
}

/** What hosts put into every call for themselves. */
const added: Input = {
  wait_for_previous: true,
  task_progress: "- [ ] video",
  toolCallId: "call_1",
  chatInput: "a video"
}

/** Ways in which hosts and models write the arguments of one call: each is to be the same request. */
export const drawArguments = (count: number, seed: number): ReadonlyArray<Spelling> =>
  fc.sample(fc.infiniteStream(fc.nat()), { numRuns: count, seed }).map((numbers): Spelling => (args, tool) => {
    const draws = [...numbers.take(200)]
    let next = 0
    const pick = <A>(ways: ReadonlyArray<A>): A => ways[(draws[next++ % draws.length] ?? 0) % ways.length] as A
    const given = Object.entries(args).map(([name, value]) => [
      pick([name, camelCase(name), name.toUpperCase()]),
      pick(writingsOf(propertiesOf(tool)[name] ?? {}, value))
    ])
    const leftOut = Object.keys(propertiesOf(tool))
      .filter((name) => !(name in args))
      .flatMap((name) => pick([[], [[name, pick([null, "", "null", []])]]]))
    const whole: Input = { ...pick([{}, added]), ...Object.fromEntries([...leftOut, ...given]) }
    return pick([whole, JSON.stringify(whole) as unknown as Input])
  })

const propertiesOf = ({ inputSchema }: Tool) => inputSchema.properties as Readonly<Record<string, Property>>

const writingsOf = ({ type, enum: choices }: Property, value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) {
    const list: ReadonlyArray<unknown> = value
    const entries = list.map((one) => (typeof one === "object" ? JSON.stringify(one) : one))
    return [list, JSON.stringify(list), entries, [null, ...list, ""], ...(list.length === 1 ? list : [])]
  }
  if (typeof value === "number") {
    return [value, `${value}`, ` ${value} `, `${value}s`, ...(Number.isInteger(value) ? [`${value}.0`] : [])]
  }
  if (typeof value === "boolean") return [value, `${value}`, value ? "True" : "FALSE"]
  if (typeof value !== "string" || type !== "string") return [value]
  if (choices !== undefined) return [value, value.toUpperCase(), value.replace(":", "x"), ` ${value}`]
  return [value, ` ${value}\n`, [value]]
}

const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
