import { Clock, Effect, Layer, Ref } from "effect"
import { auditTransition } from "./audit-log.ts"
import type { JobRecord } from "./job-record.ts"
import { Ledger } from "./ledger.ts"
import { ledgerError, type LedgerError, type LedgerErrorReason } from "./ledger-error.ts"
import { countFailure, countTransition } from "./ledger-metrics.ts"
import { LedgerSource } from "./ledger-source.ts"

/** How long a server that has not answered is not asked again: a list of tasks would wait for it once for each. */
const restMillis = 5000

const observed = (job: JobRecord) => Effect.andThen(countTransition(job), auditTransition(job))

/**
 * A ledger that each of its methods opens if it is not open yet; if that fails, the method fails. While its server does not
 * answer, most methods fail at once, so that what needs only Kling still works.
 */
export const lazyLedger: Layer.Layer<Ledger, never, LedgerSource> = Layer.effect(
  Ledger,
  Effect.gen(function* () {
    const { open } = yield* LedgerSource
    const silence = yield* Ref.make<{ readonly reason: LedgerErrorReason; readonly at: number } | undefined>(undefined)

    const restingIn =
      (beforeSending: boolean) =>
      <A>(method: (ledger: Ledger["Service"]) => Effect.Effect<A, LedgerError>): Effect.Effect<A, LedgerError> =>
        Effect.gen(function* () {
          const silent = yield* Ref.get(silence)
          const now = yield* Clock.currentTimeMillis
          if (silent !== undefined && Math.abs(now - silent.at) < restMillis) {
            return yield* ledgerError(silent.reason, beforeSending)
          }
          return yield* Effect.flatMap(open, method).pipe(
            Effect.tapError(({ reason }) =>
              reason._tag === "NotResponding"
                ? Effect.flatMap(Clock.currentTimeMillis, (at) => Ref.set(silence, { reason, at }))
                : Effect.void
            ),
            Effect.tapError(countFailure)
          )
        })
    const use = restingIn(false)
    const before = restingIn(true)
    return Ledger.of({
      createJob: (newJob) => before((ledger) => ledger.createJob(newJob)),
      createTakes: (...takes) => before((ledger) => ledger.createTakes(...takes)),
      runningTakes: (takes) => use((ledger) => ledger.runningTakes(takes)),
      transition: (...step) =>
        Effect.tap(
          use((ledger) => ledger.transition(...step)),
          observed
        ),
      input: (handle) => use((ledger) => ledger.input(handle)),
      claim: (...claim) => use((ledger) => ledger.claim(...claim)),
      claimUnfinished: (...claim) => use((ledger) => ledger.claimUnfinished(...claim)),
      renew: (...lease) => use((ledger) => ledger.renew(...lease)),
      release: (...lease) => use((ledger) => ledger.release(...lease)),
      unfinished: (filter) => use((ledger) => ledger.unfinished(filter)),
      inDoubt: (...sent) => use((ledger) => ledger.inDoubt(...sent)),
      takenTasks: (taskIds) => use((ledger) => ledger.takenTasks(taskIds)),
      adoptTask: (...adoption) =>
        Effect.tap(
          use((ledger) => ledger.adoptTask(...adoption)),
          observed
        ),
      nextRecoveryAt: (filter) => use((ledger) => ledger.nextRecoveryAt(filter)),
      claimPolls: (...polls) => use((ledger) => ledger.claimPolls(...polls)),
      claimRecheck: (record) => use((ledger) => ledger.claimRecheck(record)),
      dueRechecks: (filter) => use((ledger) => ledger.dueRechecks(filter)),
      addLateResults: (...late) => use((ledger) => ledger.addLateResults(...late)),
      markAcknowledged: (handle) => use((ledger) => ledger.markAcknowledged(handle)),
      markQueued: (...lease) => use((ledger) => ledger.markQueued(...lease)),
      markCallbackReceived: (...id) => use((ledger) => ledger.markCallbackReceived(...id)),
      countUnfinished: use((ledger) => ledger.countUnfinished),
      queue: (...key) => use((ledger) => ledger.queue(...key)),
      get: (...id) => use((ledger) => ledger.get(...id)),
      list: (filter) => use((ledger) => ledger.list(filter)),
      recordCharge: (...charge) => use((ledger) => ledger.recordCharge(...charge)),
      daySpend: (...scope) => use((ledger) => ledger.daySpend(...scope)),
      periodSpend: (...period) => use((ledger) => ledger.periodSpend(...period)),
      reportSpend: (...period) => use((ledger) => ledger.reportSpend(...period)),
      issueApproval: (...approval) => before((ledger) => ledger.issueApproval(...approval)),
      consumeApproval: (...approval) => before((ledger) => ledger.consumeApproval(...approval)),
      revokeApproval: (token) => before((ledger) => ledger.revokeApproval(token)),
      requestApproval: (...asked) => before((ledger) => ledger.requestApproval(...asked)),
      approvalRequests: (...search) => before((ledger) => ledger.approvalRequests(...search)),
      grantApproval: (...granted) => before((ledger) => ledger.grantApproval(...granted)),
      credential: (credential) => before((ledger) => ledger.credential(credential)),
      hasOthers: (credential) => before((ledger) => ledger.hasOthers(credential)),
      registerAccount: (facts) => before((ledger) => ledger.registerAccount(facts)),
      linkAccounts: (...credentials) => before((ledger) => ledger.linkAccounts(...credentials)),
      accountRelation: (...credentials) => use((ledger) => ledger.accountRelation(...credentials)),
      addFiles: (...files) => use((ledger) => ledger.addFiles(...files)),
      announce: (handle) => use((ledger) => ledger.announce(handle)),
      changed: (handle) =>
        Effect.flatMap(open, (ledger) => ledger.changed(handle)).pipe(Effect.catch(() => Effect.never)),
      pipelines: {
        create: (newPipeline) => before(({ pipelines }) => pipelines.create(newPipeline)),
        find: (newPipeline) => before(({ pipelines }) => pipelines.find(newPipeline)),
        get: (...id) => use(({ pipelines }) => pipelines.get(...id)),
        list: (filter) => use(({ pipelines }) => pipelines.list(filter)),
        jobs: (handle) => use(({ pipelines }) => pipelines.jobs(handle)),
        findSteps: (...search) => use(({ pipelines }) => pipelines.findSteps(...search)),
        end: (...end) => use(({ pipelines }) => pipelines.end(...end)),
        resume: (...resume) => before(({ pipelines }) => pipelines.resume(...resume))
      },
      budgets: {
        set: (budget) => use(({ budgets }) => budgets.set(budget)),
        remove: (...budget) => use(({ budgets }) => budgets.remove(...budget)),
        list: use(({ budgets }) => budgets.list),
        of: (line) => use(({ budgets }) => budgets.of(line))
      },
      accessKeys: {
        add: (key) => before(({ accessKeys }) => accessKeys.add(key)),
        find: (hash) => before(({ accessKeys }) => accessKeys.find(hash)),
        list: before(({ accessKeys }) => accessKeys.list),
        revoke: (name) => before(({ accessKeys }) => accessKeys.revoke(name))
      },
      webhooks: {
        add: (endpoint) => use(({ webhooks }) => webhooks.add(endpoint)),
        find: (name) => use(({ webhooks }) => webhooks.find(name)),
        active: use(({ webhooks }) => webhooks.active),
        report: use(({ webhooks }) => webhooks.report),
        remove: (name) => use(({ webhooks }) => webhooks.remove(name)),
        replay: (...replayed) => use(({ webhooks }) => webhooks.replay(...replayed)),
        claim: (...claim) => use(({ webhooks }) => webhooks.claim(...claim)),
        record: (...attempt) => use(({ webhooks }) => webhooks.record(...attempt)),
        postpone: (...postponed) => use(({ webhooks }) => webhooks.postpone(...postponed))
      },
      storedCredentials: {
        put: (credential) => before(({ storedCredentials }) => storedCredentials.put(credential)),
        find: (principal) => before(({ storedCredentials }) => storedCredentials.find(principal)),
        list: before(({ storedCredentials }) => storedCredentials.list),
        reseal: (...sealed) => before(({ storedCredentials }) => storedCredentials.reseal(...sealed)),
        remove: (principal) => before(({ storedCredentials }) => storedCredentials.remove(principal)),
        principalsAtWork: before(({ storedCredentials }) => storedCredentials.principalsAtWork)
      },
      uploads: {
        addLink: (link) => before(({ uploads }) => uploads.addLink(link)),
        readLink: (hash) => before(({ uploads }) => uploads.readLink(hash)),
        claimLink: (hash) => before(({ uploads }) => uploads.claimLink(hash)),
        reopenLink: (hash) => before(({ uploads }) => uploads.reopenLink(hash)),
        store: (...upload) => before(({ uploads }) => uploads.store(...upload)),
        find: (...upload) => before(({ uploads }) => uploads.find(...upload))
      },
      purgeBefore: (time) => use((ledger) => ledger.purgeBefore(time))
    })
  })
)
