import { describe, expect, it } from "@effect/vitest"
import type { MediaRule } from "../media/media-rules.ts"
import type { AnyOperation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import { parseJson, stringifyJson } from "../wire/json.ts"
import { checkInput } from "./check-input.ts"
import type { Params } from "./param.ts"
import { readBody, writeBody } from "./place.ts"
import type { ValueType } from "./value-type.ts"

type Input = Readonly<Record<string, unknown>>

/** A value that breaks one limit: where the problem must be reported, and what its sentence must name. */
interface Refused {
  readonly what: string
  readonly value: unknown
  readonly path: string
  readonly says: string
}

/** A legal value; in records only what is required, unless everything is asked for. */
function sample(type: ValueType, everything = false): unknown {
  switch (type.kind) {
    case "text":
      return "words"
    case "choice":
      return type.values[0]
    case "integer":
    case "number":
      return type.values?.[0] ?? type.min ?? type.max ?? 1
    case "flag":
      return true
    case "id":
      return "829836802793406551"
    case "media":
      return `https://media.example/${type.rule.kind}`
    case "record":
      return sampleInput(type.fields, everything)
    case "list":
      return Array.from({ length: Math.max(1, type.min ?? 1) }, () => sample(type.of, everything))
    case "either":
      return sample(type.types[0] ?? { kind: "text" }, everything)
  }
}

function sampleInput(params: Params, everything = false): Input {
  const taken = Object.entries(params).filter(([, param]) => param.retired !== true && (everything || param.required))
  return Object.fromEntries(taken.map(([name, param]) => [name, sample(param.type, everything)]))
}

function* refusedValues(type: ValueType, path: string): Generator<Refused> {
  const refused = (what: string, value: unknown, says: unknown): Refused => ({ what, value, path, says: String(says) })
  switch (type.kind) {
    case "text": {
      yield refused("wrong type", 7, "must be text")
      if (type.maxLength !== undefined) yield refused("too long", "x".repeat(type.maxLength + 1), type.maxLength)
      return
    }
    case "choice": {
      yield refused("wrong type", 7, "must be text")
      if (type.open !== true) yield refused("wrong enum", "no-such-value", type.values.join(", "))
      return
    }
    case "integer":
    case "number": {
      yield refused("wrong type", "five", type.kind === "integer" ? "must be a whole number" : "must be a number")
      yield refused("not a number", Number.NaN, "must be a")
      if (type.kind === "integer") yield refused("fraction", (type.min ?? 1) + 0.5, "whole number")
      if (type.values !== undefined) yield refused("wrong enum", 999_999, `nearest: ${type.values.at(-1)}`)
      if (type.min !== undefined) yield refused("below min", type.min - 1, `nearest: ${type.min}`)
      if (type.max !== undefined) yield refused("above max", type.max + 1, `nearest: ${type.max}`)
      return
    }
    case "flag":
      return yield refused("wrong type", "yes", "must be true or false")
    case "id": {
      yield refused("wrong type", 829_836_802_793, "must be an id, written as text")
      if (type.sentAs === "number") yield refused("not digits", "12a", "not an id made of digits")
      return
    }
    case "media":
      return yield* refusedMedia(type.rule, path)
    case "list": {
      yield refused("wrong type", "one", "must be a list")
      const legal = sample(type) as ReadonlyArray<unknown>
      if (type.max !== undefined) {
        yield refused(
          "too many",
          Array.from({ length: type.max + 1 }, () => legal[0]),
          `at most ${type.max}`
        )
      }
      if (type.min !== undefined) yield refused("too few", legal.slice(0, type.min - 1), `at least ${type.min}`)
      for (const inner of refusedValues(type.of, `${path}[0]`)) {
        yield { ...inner, value: [inner.value, ...legal.slice(1)] }
      }
      return
    }
    case "record": {
      yield refused("wrong type", ["a list"], "must be an object")
      for (const inner of refusedFields(type.fields, sampleInput(type.fields))) {
        yield { ...inner, path: `${path}.${inner.path}` }
      }
      return
    }
    case "either": {
      yield refused("wrong type", {}, "must be")
      for (const one of type.types) {
        if (one.kind === "integer") yield* [...refusedValues(one, path)].filter(({ what }) => /min|max/.test(what))
      }
    }
  }
}

function* refusedMedia(rule: MediaRule, path: string): Generator<Refused> {
  yield { what: "wrong type", value: 7, path, says: "must be" }
  yield { what: "no media", value: "not a file", path, says: rule.urlOnly === true ? "http" : "base64" }
  if (rule.urlOnly === true) yield { what: "no upload", value: "aGVsbG8=", path, says: "URL" }
}

/** Whole inputs, each with one thing wrong. */
function* refusedFields(params: Params, legal: Input): Generator<Refused & { readonly value: Input }> {
  yield { what: "unknown key", value: { ...legal, noSuchField: 1 }, path: "noSuchField", says: "is not a parameter" }
  for (const [name, param] of Object.entries(params)) {
    if (param.required) {
      const { [name]: _, ...rest } = legal
      yield { what: "missing", value: rest, path: name, says: "is required" }
    }
    if (param.retired === true) {
      const value = { ...legal, [name]: sample(param.type, true) }
      yield { what: "retired", value, path: name, says: "switched off" }
      continue
    }
    for (const inner of refusedValues(param.type, name)) yield { ...inner, value: { ...legal, [name]: inner.value } }
  }
}

/** Where a rule weighs several values, a declaration alone does not tell what is legal. */
const weighed: Readonly<Record<string, Input>> = {
  "legacy.advanced-lip-sync": {
    faces: [{ faceId: "1", audioId: "2", soundStartMs: 0, soundEndMs: 2000, soundInsertMs: 0 }]
  },
  "account.billing.package": { startTime: 1, endTime: 2 },
  "account.billing.balance": { startTime: 1, endTime: 2 }
}

/** The shortest legal input: what is required, then whatever the rules ask for by name. */
function minimalInput({ id, params, rules }: AnyOperation): Input {
  let input = { ...sampleInput(params), ...weighed[id] }
  for (const _ of Object.keys(params)) {
    const asked = checkInput(params, rules, input).find(({ field }) => input[field] === undefined)
    const param = asked === undefined ? undefined : params[asked.field]
    if (asked === undefined || param === undefined) return input
    input = { ...input, [asked.field]: sample(param.type) }
  }
  return input
}

describe.each(catalog.map((operation) => [operation.id, operation] as const))("%s", (_id, operation) => {
  it("accepts a minimal input", () => {
    expect(checkInput(operation.params, operation.rules, minimalInput(operation))).toEqual([])
  })

  it("accepts its own example", () => {
    expect(checkInput(operation.params, operation.rules, operation.example)).toEqual([])
  })

  it("refuses whatever breaks a declared limit, and names the field", () => {
    const accepted: Array<unknown> = []
    for (const { what, value, path, says } of refusedFields(operation.params, minimalInput(operation))) {
      const problems = checkInput(operation.params, operation.rules, value)
      const named = problems.find(({ field, message }) => field === path && message.includes(says))
      if (named === undefined) accepted.push({ what, path, says, problems })
    }
    expect(accepted).toEqual([])
  })

  it("brings every parameter over the wire and back", () => {
    const input = sampleInput(operation.params, true)
    const body = parseJson(stringifyJson(writeBody(operation.params, input)))
    expect(readBody(operation.params, body)).toEqual(input)
  })

  it("ties every rule to a parameter", () => {
    const parameter = (field: string) => operation.params[field.replace(/\[.*/, "")]
    expect(operation.rules.filter(({ field }) => parameter(field) === undefined)).toEqual([])
  })
})

describe("the catalogue's limits", () => {
  it("are broken by a thousand inputs, so that the tests above have something to refuse", () => {
    const count = catalog.reduce(
      (sum, operation) => sum + [...refusedFields(operation.params, minimalInput(operation))].length,
      0
    )
    expect(count).toBeGreaterThan(1000)
  })
})
