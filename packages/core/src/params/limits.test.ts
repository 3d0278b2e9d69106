import { describe, expect, it } from "@effect/vitest"
import type { MediaRule } from "../media/media-rules.ts"
import type { AnyOperation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import { parseJson, stringifyJson } from "../wire/json.ts"
import { checkInput } from "./check-input.ts"
import type { Params } from "./param.ts"
import { readBody, writeBody } from "./body-path.ts"
import type { ValueType } from "./value-type.ts"

type Input = Readonly<Record<string, unknown>>

/** A value that breaks one limit: the path that must be reported, and the text the message must contain. */
interface Rejected {
  readonly what: string
  readonly value: unknown
  readonly path: string
  readonly says: string
}

/** A valid value; objects get only their required fields, unless `everything` is set. */
function sample(type: ValueType, everything = false): unknown {
  switch (type.kind) {
    case "string":
      return type.isUrl === true ? "https://example.com/done" : "words"
    case "enum":
      return type.values[0]
    case "integer":
    case "number":
      return type.values?.[0] ?? type.min ?? type.max ?? 1
    case "boolean":
      return true
    case "id":
      return "829836802793406551"
    case "media":
      return `https://media.example/${type.rule.kind}`
    case "object":
      return sampleInput(type.fields, everything)
    case "array":
      return Array.from({ length: Math.max(1, type.min ?? 1) }, () => sample(type.of, everything))
    case "union":
      return sample(type.types[0] ?? { kind: "string" }, everything)
  }
}

function sampleInput(params: Params, everything = false): Input {
  const included = Object.entries(params).filter(
    ([, param]) => param.retired !== true && (everything || param.required)
  )
  return Object.fromEntries(included.map(([name, param]) => [name, sample(param.type, everything)]))
}

function* rejectedValues(type: ValueType, path: string): Generator<Rejected> {
  const rejected = (what: string, value: unknown, says: unknown): Rejected => ({
    what,
    value,
    path,
    says: String(says)
  })
  switch (type.kind) {
    case "string": {
      yield rejected("wrong type", 7, "must be a string")
      yield rejected("half of a character", "a \ud83d b", "contains a broken character")
      if (type.maxLength !== undefined) yield rejected("too long", "x".repeat(type.maxLength + 1), type.maxLength)
      return
    }
    case "enum": {
      yield rejected("wrong type", 7, "must be a string")
      if (type.allowUnknown !== true) yield rejected("wrong enum", "no-such-value", type.values.join(", "))
      return
    }
    case "integer":
    case "number": {
      yield rejected("wrong type", "five", type.kind === "integer" ? "must be an integer" : "must be a number")
      yield rejected("not a number", Number.NaN, "must be a")
      if (type.kind === "integer") yield rejected("fraction", (type.min ?? 1) + 0.5, "integer")
      if (type.values !== undefined) yield rejected("wrong enum", 999_999, `did you mean ${type.values.at(-1)}?`)
      if (type.min !== undefined) yield rejected("below min", type.min - 1, `did you mean ${type.min}?`)
      if (type.max !== undefined) yield rejected("above max", type.max + 1, `did you mean ${type.max}?`)
      return
    }
    case "boolean":
      return yield rejected("wrong type", "yes", "must be a boolean")
    case "id": {
      yield rejected("wrong type", 829_836_802_793, "must be an id, given as a string")
      if (type.encodedAs === "number") {
        yield rejected("not digits", "12a", "not a numeric id")
        yield rejected("a leading zero", "007", "without leading zeros")
      }
      return
    }
    case "media":
      return yield* rejectedMedia(type.rule, path)
    case "array": {
      yield rejected("wrong type", "one", "must be an array")
      const legal = sample(type) as ReadonlyArray<unknown>
      if (type.max !== undefined) {
        yield rejected(
          "too many",
          Array.from({ length: type.max + 1 }, () => legal[0]),
          `at most ${type.max}`
        )
      }
      if (type.min !== undefined) yield rejected("too few", legal.slice(0, type.min - 1), `at least ${type.min}`)
      for (const inner of rejectedValues(type.of, `${path}[0]`)) {
        yield { ...inner, value: [inner.value, ...legal.slice(1)] }
      }
      return
    }
    case "object": {
      yield rejected("wrong type", ["an array"], "must be an object")
      for (const inner of rejectedFields(type.fields, sampleInput(type.fields))) {
        yield { ...inner, path: `${path}.${inner.path}` }
      }
      return
    }
    case "union": {
      yield rejected("wrong type", {}, "must be")
      for (const option of type.types) {
        if (option.kind === "integer")
          yield* [...rejectedValues(option, path)].filter(({ what }) => /min|max/.test(what))
      }
    }
  }
}

function* rejectedMedia(rule: MediaRule, path: string): Generator<Rejected> {
  yield { what: "wrong type", value: 7, path, says: "must be" }
  yield { what: "no media", value: "not a file", path, says: rule.urlOnly === true ? "http" : "base64" }
  if (rule.urlOnly === true) yield { what: "no upload", value: "aGVsbG8=", path, says: "URL" }
}

/** Complete inputs, each with one invalid field. */
function* rejectedFields(params: Params, legal: Input): Generator<Rejected & { readonly value: Input }> {
  yield {
    what: "unknown key",
    value: { ...legal, noSuchField: 1 },
    path: "noSuchField",
    says: "is not a known parameter"
  }
  for (const [name, param] of Object.entries(params)) {
    if (param.required) {
      const { [name]: _, ...rest } = legal
      yield { what: "missing", value: rest, path: name, says: "is required" }
    }
    if (param.retired === true) {
      const value = { ...legal, [name]: sample(param.type, true) }
      yield { what: "retired", value, path: name, says: "retired models" }
      continue
    }
    for (const inner of rejectedValues(param.type, name)) yield { ...inner, value: { ...legal, [name]: inner.value } }
  }
}

/** Inputs for rules across fields, which the declaration alone does not cover. */
const crossFieldInputs: Readonly<Record<string, Input>> = {
  "legacy.advanced-lip-sync": {
    faces: [{ faceId: "1", audioId: "2", soundStartMs: 0, soundEndMs: 2000, soundInsertMs: 0 }]
  },
  "account.billing.package": { startTime: 1, endTime: 2 },
  "account.billing.balance": { startTime: 1, endTime: 2 }
}

/** The smallest valid input: required fields, then the fields that rules ask for by name. */
function minimalInput({ id, params, rules }: AnyOperation): Input {
  let input = { ...sampleInput(params), ...crossFieldInputs[id] }
  for (const _ of Object.keys(params)) {
    const missing = checkInput(params, rules, input).find(({ field }) => input[field] === undefined)
    const param = missing === undefined ? undefined : params[missing.field]
    if (missing === undefined || param === undefined) return input
    input = { ...input, [missing.field]: sample(param.type) }
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

  it("rejects every input that breaks a declared limit, and names the field", () => {
    const wronglyAccepted: Array<unknown> = []
    for (const { what, value, path, says } of rejectedFields(operation.params, minimalInput(operation))) {
      const problems = checkInput(operation.params, operation.rules, value)
      const named = problems.find(({ field, message }) => field === path && message.includes(says))
      if (named === undefined) wronglyAccepted.push({ what, path, says, problems })
    }
    expect(wronglyAccepted).toEqual([])
  })

  it("round-trips every parameter", () => {
    const input = sampleInput(operation.params, true)
    const body = parseJson(stringifyJson(writeBody(operation.params, input)))
    expect(readBody(operation.params, body)).toEqual(input)
  })

  it("attaches every rule to a parameter", () => {
    const parameter = (field: string) => operation.params[field.replace(/\[.*/, "")]
    expect(operation.rules.filter(({ field }) => parameter(field) === undefined)).toEqual([])
  })
})

describe("the catalogue's limits", () => {
  it("are broken by over a thousand inputs in the tests above", () => {
    const count = catalog.reduce(
      (sum, operation) => sum + [...rejectedFields(operation.params, minimalInput(operation))].length,
      0
    )
    expect(count).toBeGreaterThan(1000)
  })
})
