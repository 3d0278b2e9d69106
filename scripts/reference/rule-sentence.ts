import { type AnyOperation, checkInput, type Params, type Rule, type ValueType } from "@klingkit/core"

type Input = Readonly<Record<string, unknown>>

/** How many fields are changed at most to violate a rule. */
const maxChanges = 3

/**
 * The message of a violated rule. Rules are functions, so this searches for an input that violates it, by changing the
 * fields of the example that the rule reads; undefined if none is found.
 */
export const ruleSentence = ({ params, example }: AnyOperation, rule: Rule): string | undefined => {
  const read = new Set<string>()
  const recordReads = (input: Input): Input =>
    new Proxy(input, {
      get: (target, field) => {
        if (typeof field === "string" && Object.hasOwn(params, field)) read.add(field)
        return target[String(field)]
      },
      // A rule that copies its input may read anything.
      ownKeys: (target) => {
        for (const field of Object.keys(params)) read.add(field)
        return Object.keys(target)
      }
    })
  const search = (input: Input, changesLeft: number, changed: ReadonlyArray<string>): string | undefined => {
    if (changesLeft === 0) return isValid(params, input) ? rule.check(recordReads(input)) : undefined
    for (const field of [...read].filter((name) => !changed.includes(name))) {
      for (const value of candidates(params, field)) {
        const found = search({ ...input, [field]: value }, changesLeft - 1, [...changed, field])
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  for (let changes = 0; changes <= maxChanges; changes++) {
    const found = search(example, changes, [])
    if (found !== undefined) return found
  }
  return undefined
}

/** Rules run only on inputs whose fields are valid on their own. */
const isValid = (params: Params, input: Input): boolean => checkInput(params, [], input).length === 0

const candidates = (params: Params, field: string): ReadonlyArray<unknown> => {
  const param = params[field]
  return param === undefined || param.retired === true ? [] : [undefined, ...valuesOf(param.type)]
}

/** What only a prompt contains: references to nothing, and shots that do not add up. */
const promptTexts = ["@image_2", "<<<video_2>>>", "shot 1, 2, a fox;"]

function valuesOf(type: ValueType): ReadonlyArray<unknown> {
  switch (type.kind) {
    case "string":
      // Plain text, more ids than one read accepts, and Chinese text of the maximum length.
      return [
        "words",
        "1,".repeat(21).slice(0, -1),
        "\u5b57".repeat(type.maxLength ?? 1),
        ...(type.maxLength === undefined ? [] : promptTexts)
      ]
    case "enum":
      return type.values
    case "integer":
    case "number":
      return type.values ?? [...new Set([type.max ?? 1000, type.min ?? 0, 7, 7.25])]
    case "boolean":
      return [true, false]
    case "id":
      return ["829836802793406551"]
    case "media":
      return ["https://example.com/media"]
    case "object":
      return objectsOf(type.fields)
    case "array": {
      const entries = valuesOf(type.of)
      const counts = [type.min ?? 1, 2, 4, 8, 11, 16].filter((count) => count <= (type.max ?? 16))
      return [
        ...entries.map((entry) => [entry]),
        ...entries.flatMap((entry, index) => entries.slice(index + 1).map((other) => [entry, other])),
        ...counts.map((count) => Array.from({ length: count }, () => entries[0]))
      ]
    }
    case "union":
      return type.types.flatMap(valuesOf)
  }
}

/** The required fields only, then with each value of each optional field. */
const objectsOf = (fields: Params): ReadonlyArray<Input> => {
  const required = Object.entries(fields).filter(([, param]) => param.required)
  const minimal = Object.fromEntries(required.map(([name, { type }]) => [name, valuesOf(type)[0]]))
  const optional = Object.entries(fields).filter(([, param]) => !param.required)
  return [
    minimal,
    ...optional.flatMap(([name, { type }]) => valuesOf(type).map((value) => ({ ...minimal, [name]: value })))
  ]
}
