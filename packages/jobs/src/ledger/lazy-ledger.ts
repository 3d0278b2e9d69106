import { Effect, Layer } from "effect"
import { Ledger } from "./ledger.ts"
import type { LedgerError } from "./ledger-error.ts"
import { LedgerSource } from "./ledger-source.ts"

/** A ledger that each of its methods opens if it is not open yet; if that fails, the method fails. */
export const lazyLedger: Layer.Layer<Ledger, never, LedgerSource> = Layer.effect(
  Ledger,
  Effect.map(LedgerSource, ({ open }) => {
    const use = <A>(method: (ledger: Ledger["Service"]) => Effect.Effect<A, LedgerError>) =>
      Effect.flatMap(open, method)
    return Ledger.of({
      createJob: (newJob) => use((ledger) => ledger.createJob(newJob)),
      createTakes: (...takes) => use((ledger) => ledger.createTakes(...takes)),
      runningTakes: (takes) => use((ledger) => ledger.runningTakes(takes)),
      transition: (...step) => use((ledger) => ledger.transition(...step)),
      input: (handle) => use((ledger) => ledger.input(handle)),
      claim: (...claim) => use((ledger) => ledger.claim(...claim)),
      claimUnfinished: (...claim) => use((ledger) => ledger.claimUnfinished(...claim)),
      renew: (...lease) => use((ledger) => ledger.renew(...lease)),
      release: (...lease) => use((ledger) => ledger.release(...lease)),
      unfinished: (filter) => use((ledger) => ledger.unfinished(filter)),
      inDoubt: (...sent) => use((ledger) => ledger.inDoubt(...sent)),
      takenTasks: (taskIds) => use((ledger) => ledger.takenTasks(taskIds)),
      adoptTask: (...adoption) => use((ledger) => ledger.adoptTask(...adoption)),
      nextRecoveryAt: (filter) => use((ledger) => ledger.nextRecoveryAt(filter)),
      claimPolls: (...polls) => use((ledger) => ledger.claimPolls(...polls)),
      markAcknowledged: (handle) => use((ledger) => ledger.markAcknowledged(handle)),
      markQueued: (...lease) => use((ledger) => ledger.markQueued(...lease)),
      markCallbackReceived: (...id) => use((ledger) => ledger.markCallbackReceived(...id)),
      queue: (...key) => use((ledger) => ledger.queue(...key)),
      get: (...id) => use((ledger) => ledger.get(...id)),
      list: (filter) => use((ledger) => ledger.list(filter)),
      recordCharge: (...charge) => use((ledger) => ledger.recordCharge(...charge)),
      spentTodayUsd: (scope) => use((ledger) => ledger.spentTodayUsd(scope)),
      issueApproval: (...approval) => use((ledger) => ledger.issueApproval(...approval)),
      consumeApproval: (...approval) => use((ledger) => ledger.consumeApproval(...approval)),
      revokeApproval: (token) => use((ledger) => ledger.revokeApproval(token)),
      credential: (credential) => use((ledger) => ledger.credential(credential)),
      hasOthers: (credential) => use((ledger) => ledger.hasOthers(credential)),
      registerAccount: (facts) => use((ledger) => ledger.registerAccount(facts)),
      linkAccounts: (...credentials) => use((ledger) => ledger.linkAccounts(...credentials)),
      accountRelation: (...credentials) => use((ledger) => ledger.accountRelation(...credentials)),
      addFiles: (...files) => use((ledger) => ledger.addFiles(...files)),
      pipelines: {
        create: (newPipeline) => use(({ pipelines }) => pipelines.create(newPipeline)),
        find: (newPipeline) => use(({ pipelines }) => pipelines.find(newPipeline)),
        get: (...id) => use(({ pipelines }) => pipelines.get(...id)),
        list: (filter) => use(({ pipelines }) => pipelines.list(filter)),
        jobs: (handle) => use(({ pipelines }) => pipelines.jobs(handle)),
        findSteps: (...search) => use(({ pipelines }) => pipelines.findSteps(...search)),
        end: (...end) => use(({ pipelines }) => pipelines.end(...end)),
        resume: (...resume) => use(({ pipelines }) => pipelines.resume(...resume))
      },
      purgeBefore: (time) => use((ledger) => ledger.purgeBefore(time))
    })
  })
)
