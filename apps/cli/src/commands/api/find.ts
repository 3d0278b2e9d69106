import { type AnyOperation, catalog } from "@klingkit/core"
import { closestMatch, derivedReads } from "@klingkit/core/internal"
import { Effect } from "effect"
import { Argument } from "effect/cli"
import { type CommandError, usageError } from "../../output/failure.ts"

export const operationArgument = Argument.String("operation").pipe(
  Argument.withDescription("an operation id such as new.t2v.kling-3.0; see klingkit api list")
)

/** Finds an operation by id, including the reads derived from creates. */
export const findByName = (id: string): Effect.Effect<AnyOperation, CommandError> => {
  const known = [...catalog, ...derivedReads]
  const found = known.find((operation) => operation.id === id)
  if (found !== undefined) return Effect.succeed(found)
  const nearest = closestMatch(
    id,
    known.map((operation) => operation.id)
  )
  return Effect.fail(
    usageError([
      {
        field: id,
        message: `unknown operation ${id}; ${nearest === undefined ? "see klingkit api list" : `did you mean ${nearest}?`}`
      }
    ])
  )
}
