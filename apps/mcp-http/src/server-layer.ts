import { NodeServices } from "@effect/platform-node"
import {
  AccountPage,
  accountPageUrl,
  CallbackAddresses,
  CallLimits,
  type ConnectedAccount,
  defaultLimits,
  FileUploads,
  Gate,
  type HostingSettings,
  KlingAccounts,
  type KnownSecrets,
  layerDeliveries,
  layerEngine,
  s3MediaStore
} from "@klingkit/hosting"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHostBehindProxies } from "@klingkit/jobs/node"
import { type Caller, CallerServices, localCaller } from "@klingkit/mcp"
import { Effect, Layer } from "effect"
import { auditFile } from "./audit-file.ts"
import { logLayer } from "./log.ts"
import type { Settings } from "./read-settings.ts"
import { traces } from "./traces.ts"

/** Everything that serves requests, and what runs between them. */
export const serverLayer = ({ hosting, operating, mediaStore }: Settings, version: string, secrets: KnownSecrets) =>
  Layer.mergeAll(AccountPage.layer(hosting), layerDeliveries, engine).pipe(
    Layer.provideMerge(Layer.merge(Gate.layer(hosting), callerServices(hosting))),
    Layer.provideMerge(FileUploads.layer(hosting)),
    Layer.provideMerge(Layer.mergeAll(KlingAccounts.layer, CallbackAddresses.layer, CallLimits.layer(defaultLimits))),
    Layer.provideMerge(mediaStore === undefined ? Layer.empty : s3MediaStore(mediaStore)),
    Layer.provideMerge(Layer.mergeAll(NodeServices.layer, nodeFileHostBehindProxies, ledgerFromConfig)),
    Layer.provideMerge(operating.auditLog === undefined ? Layer.empty : auditFile(operating.auditLog, secrets)),
    Layer.provideMerge(traces(version, secrets)),
    Layer.provideMerge(logLayer(operating.log, secrets))
  )

/** Where the server has a public address, Kling calls back about jobs on its account. */
const callerServices = (hosting: HostingSettings) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const addresses = yield* CallbackAddresses
      const uploads = yield* FileUploads
      return CallerServices.layer({
        accountPage: accountPageUrl(hosting),
        ownAccountsOnly: hosting.ownAccountsOnly,
        ...(uploads.missing.length > 0 ? {} : { uploads: (principal) => uploads.of(principal) }),
        ...(hosting.publicOrigin === undefined
          ? {}
          : {
              callbackUrl: (handle) => Effect.map(addresses.pathOf(handle), (path) => `${hosting.publicOrigin}${path}`)
            })
      })
    })
  )

/** A caller whose own account pays, which no budget counts. */
const paidFrom = (principal: string, account: ConnectedAccount): Caller => ({ principal, budgetLine: {}, account })

/** Jobs end, and are recovered, whether or not their callers wait. */
const engine = layerEngine({
  turn: (principal, account) =>
    CallerServices.use((callers) =>
      callers.pollDue(account === undefined ? localCaller : paidFrom(principal, account))
    ),
  letGo: (principal, account) => CallerServices.use((callers) => callers.letGo(principal, account))
})
