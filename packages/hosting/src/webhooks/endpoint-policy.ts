import { isLocalUrl } from "@klingkit/core/internal"
import type { FetchPolicy } from "@klingkit/jobs"
import { privateHosts } from "@klingkit/jobs/internal"
import { Config, Effect, Option } from "effect"

/**
 * Where messages may be sent: https to public hosts, and to those in `KLINGKIT_PRIVATE_HOSTS`. A server that is for this
 * machine only may send them to this machine, over http as well.
 */
export const endpointPolicy: Effect.Effect<FetchPolicy> = Effect.gen(function* () {
  const publicUrl = yield* Config.option(Config.String("KLINGKIT_PUBLIC_URL"))
  const isLocal = Option.match(publicUrl, { onNone: () => true, onSome: (url) => url.trim() === "" || isLocalUrl(url) })
  return { klingIsLocal: isLocal, privateHosts: yield* privateHosts }
}).pipe(Effect.orDie)
