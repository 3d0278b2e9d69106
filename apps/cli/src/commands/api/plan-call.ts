import { planOperation } from "@klingkit/core"
import { refineQuote, readOperationMedia } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { Effect, type Option, Predicate } from "effect"
import { folders } from "../../connection.ts"
import { readJsonInput } from "../json-input.ts"
import { findByName } from "./find.ts"

/** Plans a named operation with its `--input`. Images and audio in it may be local files, which are probed for the price. */
export const planCall = Effect.fnUntraced(function* (id: string, input: Option.Option<string>) {
  const operation = yield* findByName(id)
  const fields = yield* readJsonInput(input)
  const isInput = Predicate.isObject(fields) && !Array.isArray(fields)
  const plan = yield* planOperation(
    operation,
    isInput ? yield* readOperationMedia(operation, { ...fields }, yield* folders) : fields
  )
  return yield* Effect.provide(refineQuote(plan), ledgerFromConfig)
})
