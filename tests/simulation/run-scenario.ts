import { planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { type JobRecord, startedJob } from "@klingkit/jobs"
import { Ledger } from "@klingkit/jobs/internal"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Clock, Context, Effect, Exit, Layer, Random, References, Result, Scope } from "effect"
import * as WebCrypto from "effect/crypto/WebCrypto"
import { InvariantChecker } from "./invariant-checker.ts"
import { ledgerFile, noRows } from "./ledger-file.ts"
import { type Mutant, unchanged } from "./mutants.ts"
import { observer, Processes, type SharedWorld } from "./processes.ts"
import type { Scenario, Submission } from "./scenario.ts"
import { seededCrypto } from "./seeded-crypto.ts"
import { seededRandom } from "./seeded-random.ts"
import type { RunningJobs } from "./simulated-process.ts"
import { VirtualTime } from "./virtual-time.ts"

const noon = Date.UTC(2026, 10, 22, 12)
/** Longer than any lease, suspension, late commit or late visibility. */
const restSeconds = 400
/** Without a key, a job answers for ten minutes after its end: a client delayed for longer than this gives up. */
const giveUpSeconds = 590

const packsUnreadable: Fault = { fault: "refuse", code: 5000, on: "account.costs", count: "always" }

/** Runs a scenario and returns the violations of the guarantee. */
export const runScenario = async (scenario: Scenario, mutant: Mutant = unchanged): Promise<ReadonlyArray<string>> => {
  const draw = seededRandom(scenario.seed ^ 0x5eed)
  const scope = Scope.makeUnsafe()
  try {
    const world = runWorld(scenario, mutant).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.provideService(References.MinimumLogLevel, "None"),
      Effect.provideService(WebCrypto.WebCrypto, seededCrypto(draw)),
      Random.withSeed(scenario.seed)
    )
    return await new VirtualTime(noon, draw).run(world)
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

const runWorld = Effect.fnUntraced(function* (
  scenario: Scenario,
  mutant: Mutant
): Effect.fn.Return<ReadonlyArray<string>, never, Scope.Scope> {
  const scope = yield* Scope.Scope
  const clock = yield* Clock.Clock
  const { seed, speed, faults, uniqueness, parallelTasks, maxUsdPerDay, conditions } = scenario
  const needsFile = mutant.writesRows === true || conditions.ledgerExchange !== undefined
  const { layer, rows, exchange } = needsFile
    ? yield* ledgerFile(mutant.watchesOtherPath === true)
    : { layer: layerSqliteMemory, rows: noRows, exchange: () => Effect.void }
  const { externalIds = "keep" as const, visibilityDelaySeconds = 0, listDelaySeconds = 0 } = conditions
  const switches = { uniqueness, externalIds, visibilityDelaySeconds, listDelaySeconds }
  const packs = { video: { concurrency: parallelTasks } }
  const { keyRotation, clockJumps = [], ledgerExchange } = conditions
  const hidden = keyRotation?.hidesPacks === true ? [packsUnreadable] : []
  const kling = new KlingWorld({ seed, speed, faults: { faults: [...hidden, ...faults], switches, packs } })
  const checker = new InvariantChecker(kling, scenario)
  const context = yield* Effect.orDie(Layer.buildWithScope(layer, scope))
  const ledger = observedLedger(Context.get(context, Ledger), checker)
  const firstSubmitted = new Map<string, number>()
  let key: string = kling.keys.apiKey
  const world: SharedWorld = {
    kling,
    ledger,
    rows,
    mutant,
    clock,
    currentKey: () => key,
    onTaken: (handle) => checker.recordTaken(handle),
    limits: maxUsdPerDay === undefined ? {} : { maxUsdPerDay },
    afterStep: () => checker.check(),
    onSend: (body) => checker.recordSend(body),
    isStillWaiting: Effect.fnUntraced(function* ({ prompt = "", idempotencyKey, allowDuplicate }) {
      const now = yield* Clock.currentTimeMillis
      const first = firstSubmitted.get(prompt) ?? now
      firstSubmitted.set(prompt, first)
      if (idempotencyKey !== undefined) return
      const intent = intentOf(prompt)
      // Only a right clock says how long ago a job has ended; and one that has ended is no longer the next take.
      const isTimeKnown =
        conditions.clockJumps === undefined && !(allowDuplicate === true && checker.hasNextTake(intent))
      const hasGivenUp = isTimeKnown ? now - first > giveUpSeconds * 1000 : checker.tasks.hasEnded(intent, now)
      if (hasGivenUp) return yield* Effect.never
    })
  }
  const processes = new Processes(scenario.processFaults, world)
  const at = (seconds: number, change: Effect.Effect<void>) =>
    Effect.forkDetach(Effect.andThen(Effect.sleep(`${seconds} seconds`), change))
  if (keyRotation !== undefined) {
    yield* at(
      keyRotation.atSeconds,
      Effect.sync(() => void (key = kling.state.rotateKey(keyRotation.revokes)))
    )
  }
  for (const { atSeconds, process, seconds } of clockJumps) {
    yield* at(
      atSeconds,
      Effect.sync(() => processes.setClock(process, seconds * 1000))
    )
  }
  if (ledgerExchange !== undefined) {
    const gone = Effect.sync(() => void (checker.isLedgerGone = true))
    yield* at(ledgerExchange.atSeconds, Effect.andThen(exchange(ledgerExchange.how), gone))
  }
  for (const submission of scenario.submissions) yield* Effect.forkDetach(submit(submission, processes, checker))

  yield* Effect.sleep("1 hour")
  kling.state.faults.clear()
  const last = yield* processes.start(observer, 0)
  yield* linkAccounts(last, ledger)
  for (let round = 0; round < 3; round++) {
    yield* Effect.orDie(last.recover)
    yield* Effect.sleep(`${restSeconds} seconds`)
  }
  const { jobs: found } = yield* Effect.orDie(ledger.list({ limit: 100 }))
  yield* Effect.forEach(found, ({ handle }) => Effect.exit(last.jobs.status(handle)), { discard: true })
  const { jobs: records } = yield* Effect.orDie(ledger.list({ limit: 100 }))
  checker.checkEnd(records)
  return checker.violations
})

/** Of a key that was revoked before the ledger had learned whose it was, the user says that it was theirs. */
const linkAccounts = Effect.fnUntraced(function* ({ account, byItsClock }: RunningJobs, ledger: Ledger["Service"]) {
  const { jobs } = yield* ledger.list({ limit: 100 })
  for (const job of jobs) {
    if (!(yield* byItsClock(account.isOwn(job.account)))) yield* byItsClock(account.link(job.handle))
  }
}, Effect.orDie)

const intentOf = (prompt: string): number => Number(/\d+/.exec(prompt)?.[0])

/** One client: submits a request, possibly a duplicate, and records the response. */
const submit = Effect.fnUntraced(function* (submission: Submission, processes: Processes, checker: InvariantChecker) {
  const { atSeconds, process, intent, take = 1, isUnfindable } = submission
  yield* Effect.sleep(`${atSeconds} seconds`)
  const { jobs, byItsClock } = yield* processes.jobsOf(process)
  const plan = yield* planVideo(
    { prompt: `intent ${intent}`, ...(isUnfindable === true ? { model: "kling-4.0" } : {}) },
    "api-key"
  )
  let handle: string | undefined
  const refusedBefore = checker.refused
  const result = yield* jobs
    .run(plan, {
      onHandle: (created) => Effect.sync(() => void (handle = created)),
      isApproved: true,
      ...(submission.returnsEarly ? { answerWithin: "1.5 seconds" } : {}),
      ...(submission.isKeyed ? { idempotencyKey: take === 1 ? `key ${intent}` : `key ${intent} take ${take}` } : {}),
      ...(take === "next" ? { allowDuplicate: true } : take === 1 ? {} : { take })
    })
    .pipe(Effect.flatMap(startedJob), Effect.result, byItsClock)
  if (Result.isSuccess(result)) {
    const { handle: returned, task, isDuplicate, record } = result.success
    if (refusedBefore.has(returned)) checker.recordAnsweredByRefused(returned)
    const isAccepted = record?.taskId !== undefined || (isDuplicate !== true && task.id !== returned)
    if (task.id === returned && task.status === "submitted") checker.acknowledged.push(returned)
    else if (isDuplicate !== true && task.id !== returned) checker.reportedAccepted.push(returned)
    if (submission.readsStatus === true && isAccepted) yield* readStatus(jobs, returned, checker).pipe(byItsClock)
  } else if (result.failure.code === "LEDGER_OVER_BUDGET") checker.overBudget.add(intent)
  else if (handle !== undefined && result.failure.wasCharged === "no") {
    checker.reportedUncharged.push({ handle, code: result.failure.code })
  }
})

const readStatus = (jobs: RunningJobs["jobs"], handle: string, checker: InvariantChecker) =>
  Effect.gen(function* () {
    const status = yield* Effect.result(jobs.status(handle))
    if (Result.isFailure(status)) checker.recordNoStatus(handle, status.failure.code)
  })

/** Reports each row read or written to the checker. */
const observedLedger = (ledger: Ledger["Service"], checker: InvariantChecker): Ledger["Service"] => {
  const observe = <E>(step: Effect.Effect<JobRecord, E>) =>
    Effect.tap(step, (record) => Effect.sync(() => checker.recordState(record)))
  return {
    ...ledger,
    createJob: (newJob) =>
      Effect.tap(ledger.createJob(newJob), ({ job, isNew }) =>
        Effect.sync(() => {
          checker.recordAdmission(job, isNew, newJob.allowDuplicate === true)
          checker.recordState(job)
        })
      ),
    transition: (handle, from, to, changes) =>
      Effect.tap(observe(ledger.transition(handle, from, to, changes)), (job) =>
        Effect.sync(() => (to === "SENDING" ? checker.recordSending(job) : undefined))
      ),
    get: (...id) => observe(ledger.get(...id))
  }
}
