import { Effect, Option } from "effect"
import type { Family } from "../operation.ts"
import { requests } from "./catalog.ts"
import { planRequest } from "./plan-request.ts"
import { offlineContext } from "./planner.ts"
import { fieldName } from "./request-methods.ts"
import { type AnyRequest, isPipeline } from "./request.ts"

/** The request that makes tasks of a family, as its example shows, alone or with what an earlier step would give it. */
export const requestOfFamily = Effect.fnUntraced(function* (family: Family): Effect.fn.Return<AnyRequest | undefined> {
  for (const request of requests as ReadonlyArray<AnyRequest>) {
    const { source, example } = request
    const inputs = source === undefined ? [example] : [example, { ...example, [source]: "https://example.com/a.png" }]
    for (const input of inputs) {
      for (const credential of ["api-key", "key-pair"] as const) {
        const planned = yield* Effect.option(planRequest(request, input, fieldName, offlineContext(credential)))
        if (Option.isSome(planned) && !isPipeline(planned.value) && planned.value.operation.family === family) {
          return request
        }
      }
    }
  }
  return undefined
})
