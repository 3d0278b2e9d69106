import { type AnyRequest, fieldName, offlineContext, planRequest, viewOfField } from "@klingkit/core/requests"
import { Effect } from "effect"
import * as fc from "fast-check"
import type { Drawn, Input } from "./draw-inputs.ts"

/** Other ways of writing a request: documented defaults given or left out, empty settings, blanks around texts. */
export const drawSpellings = (request: AnyRequest, drawn: Drawn, count: number, seed: number): ReadonlyArray<Input> => {
  const additions = [...defaultsOf(request, drawn), ...emptyTextsOf(request, drawn)].filter((addition) =>
    isLegal(request, { ...drawn, input: { ...drawn.input, ...addition } })
  )
  const spelling = fc
    .tuple(fc.subarray(additions), fc.boolean())
    .map(([added, isPadded]): Input => ({
      ...Object.assign({}, ...added),
      ...(isPadded ? padded(drawn.input) : drawn.input)
    }))
    .filter((input) => isLegal(request, { ...drawn, input }))
  return fc.sample(spelling, { numRuns: count, seed })
}

const plan = (request: AnyRequest, { input, credential }: Drawn) =>
  planRequest(request, input, fieldName, offlineContext(credential))

const isLegal = (request: AnyRequest, drawn: Drawn): boolean => Effect.runSync(Effect.isSuccess(plan(request, drawn)))

/** The documented defaults of the operation that the request uses, under their names in the request. */
const defaultsOf = (request: AnyRequest, drawn: Drawn): ReadonlyArray<Input> => {
  const planned = Effect.runSync(plan(request, drawn))
  if (!("operation" in planned)) return []
  return Object.entries(planned.operation.params).flatMap(([field, param]) => {
    // Beside these, Kling follows them: the default is another request.
    if (param.defaultUnless?.some((other) => other in planned.input) === true) return []
    // A request may have a default of its own, which it always sends.
    const chosen = planned.input[field] ?? param.default
    return field in request.input.shape && !(field in drawn.input) && chosen !== undefined ? [{ [field]: chosen }] : []
  })
}

const emptyTextsOf = ({ input: { shape } }: AnyRequest, { input }: Drawn): ReadonlyArray<Input> =>
  Object.entries(shape).flatMap(([field, schema]) => {
    const { kind, values, media } = viewOfField(schema)
    return kind === "text" && values.length === 0 && media === undefined && !(field in input) ? [{ [field]: "" }] : []
  })

const padded = (input: Input): Input =>
  Object.fromEntries(
    Object.entries(input).map(([field, value]) => [
      field,
      (field === "prompt" || field === "text") && typeof value === "string" ? `  ${value} \n` : value
    ])
  )
