import { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { planOperation } from "../plan/plan-operation.ts"
import type { Plan } from "../plan/plan.ts"
import { renameFields } from "./field-names.ts"
import type { Fields, PlanContext } from "./plan-context.ts"

/** Where a field of the operation comes from: a field of the request, as it is or through a function of its value. */
type Origin<Field extends string> =
  | Field
  | readonly [Field, (value: never) => unknown]
  | readonly [{ readonly is: unknown }]

/** One operation's fields by the request's, written once: problems with the operation's field name the request's. */
export type FieldMap<Field extends string = string> = Readonly<Record<string, Origin<Field>>>

const inputOf = (fields: FieldMap, request: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, origin]) => {
      const value = valueOf(origin, request)
      return value === undefined ? [] : [[name, value]]
    })
  )

const valueOf = (origin: Origin<string>, request: Fields): unknown => {
  if (typeof origin === "string") return request[origin]
  const [from, read] = origin
  if (typeof from !== "string") return from.is
  const value = request[from]
  return value === undefined || read === undefined ? undefined : read(value as never)
}

const originOf =
  (fields: FieldMap) =>
  (name: string): string => {
    const origin = fields[name]
    const from = typeof origin === "string" ? origin : origin?.[0]
    return typeof from === "string" ? from : name
  }

/** Plans one operation from a request's fields: its media read and measured, its limits checked, its price refined. */
export const planFields = <E, Request extends Fields>(
  operation: AnyOperation,
  fields: FieldMap<keyof Request & string>,
  request: Request,
  context: PlanContext<E>
): Effect.Effect<Plan, KlingError | E> =>
  context.media(operation, inputOf(fields, request)).pipe(
    Effect.flatMap((input) => planOperation(operation, input)),
    Effect.flatMap((plan) => context.refineQuote(plan)),
    Effect.map((plan): Plan =>
      operation.state === undefined
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${operation.id}: ${operation.state}`] }
    ),
    renameFields(originOf(fields))
  )
