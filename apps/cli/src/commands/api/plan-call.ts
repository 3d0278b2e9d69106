import { Effect, type Option } from "effect"
import { readJsonInput } from "../json-input.ts"
import { planOperationGiven } from "../plan-given.ts"
import { findByName } from "./find.ts"

/** Plans a named operation with its `--input`. Images and audio in it may be local files, which are probed for the price. */
export const planCall = Effect.fnUntraced(function* (id: string, input: Option.Option<string>) {
  const operation = yield* findByName(id)
  return yield* planOperationGiven(operation, yield* readJsonInput(input))
})
