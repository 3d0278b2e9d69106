import { type AnyOperation, checkInput, type Params, type Rule, type ValueType } from "@klingkit/core"

type Input = Readonly<Record<string, unknown>>

/** As many fields as are changed to break a rule. */
const fieldsAtOnce = 3

/**
 * What a rule says when it is broken: the sentence that a person reads. Rules are functions, so an input that breaks one
 * is looked for by changing the example in the fields that the rule looks at; nothing when none is found.
 */
export const ruleSentence = ({ params, example }: AnyOperation, rule: Rule): string | undefined => {
  const read = new Set<string>()
  const watch = (input: Input): Input =>
    new Proxy(input, {
      get: (target, field) => {
        if (typeof field === "string" && Object.hasOwn(params, field)) read.add(field)
        return target[String(field)]
      },
      // A rule that copies its input may look at anything.
      ownKeys: (target) => {
        for (const field of Object.keys(params)) read.add(field)
        return Object.keys(target)
      }
    })
  const search = (input: Input, changesLeft: number, changed: ReadonlyArray<string>): string | undefined => {
    if (changesLeft === 0) return isSound(params, input) ? rule.check(watch(input)) : undefined
    for (const field of [...read].filter((one) => !changed.includes(one))) {
      for (const value of candidates(params, field)) {
        const found = search({ ...input, [field]: value }, changesLeft - 1, [...changed, field])
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  for (let changes = 0; changes <= fieldsAtOnce; changes++) {
    const found = search(example, changes, [])
    if (found !== undefined) return found
  }
  return undefined
}

/** Each field keeps its own limits, as it does for every rule in use. */
const isSound = (params: Params, input: Input): boolean => checkInput(params, [], input).length === 0

const candidates = (params: Params, field: string): ReadonlyArray<unknown> => {
  const param = params[field]
  return param === undefined || param.retired === true ? [] : [undefined, ...valuesOf(param.type)]
}

function valuesOf(type: ValueType): ReadonlyArray<unknown> {
  switch (type.kind) {
    case "text":
      // Plain words, more ids than one read takes, and Chinese as long as it may be.
      return ["words", "1,".repeat(21).slice(0, -1), "\u5b57".repeat(type.maxLength ?? 1)]
    case "choice":
      return type.values
    case "integer":
    case "number":
      return type.values ?? [...new Set([type.max ?? 1000, type.min ?? 0, 7, 7.25])]
    case "flag":
      return [true, false]
    case "id":
      return ["829836802793406551"]
    case "media":
      return ["https://example.com/media"]
    case "record":
      return recordsOf(type.fields)
    case "list": {
      const entries = valuesOf(type.of)
      const counts = [type.min ?? 1, 2, 4, 8, 11, 16].filter((count) => count <= (type.max ?? 16))
      return [
        ...entries.map((entry) => [entry]),
        ...entries.flatMap((entry, index) => entries.slice(index + 1).map((other) => [entry, other])),
        ...counts.map((count) => Array.from({ length: count }, () => entries[0]))
      ]
    }
    case "either":
      return type.types.flatMap(valuesOf)
  }
}

/** The required fields alone, then with each value of each other field. */
const recordsOf = (fields: Params): ReadonlyArray<Input> => {
  const required = Object.entries(fields).filter(([, param]) => param.required)
  const plain = Object.fromEntries(required.map(([name, { type }]) => [name, valuesOf(type)[0]]))
  const others = Object.entries(fields).filter(([, param]) => !param.required)
  return [plain, ...others.flatMap(([name, { type }]) => valuesOf(type).map((value) => ({ ...plain, [name]: value })))]
}
