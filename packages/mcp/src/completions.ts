import type { Completer } from "@klingkit/tools"
import { Effect } from "effect"
import type { Services } from "./build-server.ts"

/** What the SDK asks while somebody types. A hint is worth no error: without a ledger there are no handles to offer. */
export const typing =
  (services: Services, complete: Completer) =>
  (typed: string | undefined): Promise<Array<string>> =>
    services.runPromise(
      complete(typed ?? "").pipe(
        Effect.map((values) => [...values]),
        Effect.orElseSucceed(() => [])
      )
    )
