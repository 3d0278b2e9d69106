import type { Completer } from "@klingkit/tools"
import { Effect } from "effect"
import type { Services } from "./build-server.ts"

/** Completion for the SDK while the user types. It never fails: without a ledger there are no handles to offer. */
export const completionOf =
  (services: Services, complete: Completer) =>
  (typed: string | undefined): Promise<Array<string>> =>
    services.runPromise(
      complete(typed ?? "").pipe(
        Effect.map((values) => [...values]),
        Effect.orElseSucceed(() => [])
      )
    )
