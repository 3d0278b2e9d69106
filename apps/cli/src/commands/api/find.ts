import { type AnyOperation, catalog, derivedReads, nearestWord } from "@klingkit/core"
import { Effect } from "effect"
import { Argument } from "effect/cli"
import { type CommandError, usageError } from "../../output/failure.ts"

export const operationArgument = Argument.String("operation").pipe(
  Argument.withDescription("an id such as new.t2v.kling-3.0; klingkit api list has them all")
)

/** An operation by id, those that only read a create's tasks included. */
export const findByName = (id: string): Effect.Effect<AnyOperation, CommandError> => {
  const known = [...catalog, ...derivedReads]
  const found = known.find((one) => one.id === id)
  if (found !== undefined) return Effect.succeed(found)
  const near = nearestWord(
    id,
    known.map((one) => one.id)
  )
  return Effect.fail(
    usageError([
      {
        field: id,
        message: `is not an operation; ${near === undefined ? "see klingkit api list" : `did you mean ${near}?`}`
      }
    ])
  )
}
