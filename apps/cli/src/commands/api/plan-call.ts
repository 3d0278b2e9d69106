import { planOperation } from "@klingkit/core"
import { priceByLength, readOperationMedia } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { Effect, type Option, Predicate } from "effect"
import { folders } from "../../connection.ts"
import { readJsonInput } from "../json-input.ts"
import { findByName } from "./find.ts"

/** The plan of a named operation with its `--input`; pictures and sounds in it may be files, and are measured. */
export const planCall = Effect.fnUntraced(function* (id: string, input: Option.Option<string>) {
  const operation = yield* findByName(id)
  const given = yield* readJsonInput(input)
  const isInput = Predicate.isObject(given) && !Array.isArray(given)
  const plan = yield* planOperation(
    operation,
    isInput ? yield* readOperationMedia(operation, { ...given }, yield* folders) : given
  )
  return yield* Effect.provide(priceByLength(plan), ledgerFromConfig)
})
