import { NodeServices } from "@effect/platform-node"
import {
  CallbackAddresses,
  CallLimits,
  defaultLimits,
  Gate,
  type HostingSettings,
  type KnownSecrets,
  layerDeliveries
} from "@klingkit/hosting"
import { Jobs } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { CallerServices, localCaller } from "@klingkit/mcp"
import { Effect, Layer } from "effect"
import { auditFile } from "./audit-file.ts"
import { logLayer } from "./log.ts"
import type { Settings } from "./read-settings.ts"
import { traces } from "./traces.ts"

/** Everything that serves requests, and what runs between them. */
export const serverLayer = ({ hosting, operating }: Settings, version: string, secrets: KnownSecrets) =>
  Layer.mergeAll(Gate.layer(hosting), CallLimits.layer(defaultLimits), deliveries).pipe(
    Layer.provideMerge(callerServices(hosting)),
    Layer.provideMerge(CallbackAddresses.layer),
    Layer.provideMerge(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig)),
    Layer.provideMerge(operating.auditLog === undefined ? Layer.empty : auditFile(operating.auditLog, secrets)),
    Layer.provideMerge(traces(version, secrets)),
    Layer.provideMerge(logLayer(operating.log, secrets))
  )

/** Where the server has a public address, Kling calls back about jobs on its account. */
const callerServices = ({ publicOrigin }: HostingSettings) =>
  publicOrigin === undefined
    ? CallerServices.layer()
    : Layer.unwrap(
        CallbackAddresses.use((addresses) =>
          Effect.succeed(
            CallerServices.layer((handle) => Effect.map(addresses.pathOf(handle), (path) => `${publicOrigin}${path}`))
          )
        )
      )

/** Messages to endpoints, about jobs on the server's account that end whether or not their callers wait. */
const deliveries = Layer.unwrap(
  CallerServices.use((callers) => {
    const pollDue = Effect.flatMap(callers.of(localCaller), (services) =>
      Effect.promise((signal) => services.runPromise(Effect.ignore(Jobs.use((jobs) => jobs.pollDue())), { signal }))
    )
    return Effect.succeed(layerDeliveries(Effect.scoped(pollDue)))
  })
)
