import { Layer } from "effect"
import { Account } from "./accounts/account.ts"
import type { JobsConfig } from "./config.ts"
import { Downloads } from "./downloads.ts"
import { lazyLedger } from "./ledger/lazy-ledger.ts"
import { Orphans } from "./orphans/orphans.ts"
import { Pipelines } from "./pipelines/pipelines.ts"
import { Polling } from "./polling/polling.ts"
import { Queues } from "./queue/queues.ts"
import { Recovery } from "./recovery/recovery.ts"
import { JobsSettings } from "./settings.ts"
import { Snapshots } from "./snapshots/snapshots.ts"
import { ConcurrencyLimiter } from "./submit/concurrency-limiter.ts"
import { ProcessLeases } from "./submit/process-leases.ts"
import { Sends } from "./submit/sends.ts"
import { SpendGate } from "./submit/spend-gate.ts"
import { Submission } from "./submit/submission.ts"
import { UserApprovals } from "./user-approvals.ts"

/** The services behind `Jobs`, from the highest to the lowest: each uses those below it, and closes before them. */
export const services = (config: JobsConfig) =>
  Pipelines.layer.pipe(
    Layer.provideMerge(Polling.layer),
    Layer.provideMerge(Recovery.layer),
    Layer.provideMerge(Submission.layer),
    Layer.provideMerge(Layer.mergeAll(ConcurrencyLimiter.layer, Sends.layer, SpendGate.layer)),
    Layer.provideMerge(Downloads.layer),
    Layer.provideMerge(Snapshots.layer),
    Layer.provideMerge(Layer.mergeAll(Queues.layer, ProcessLeases.layer, Orphans.layer)),
    Layer.provideMerge(Account.layer),
    Layer.provideMerge(UserApprovals.layer(config.principal)),
    Layer.provideMerge(Layer.mergeAll(lazyLedger, JobsSettings.layer(config)))
  )
