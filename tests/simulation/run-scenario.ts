import { type Fault, KlingWorld } from "@klingkit/emulator"
import type { JobRecord } from "@klingkit/jobs"
import { type CreateResult, Ledger, type NewJob } from "@klingkit/jobs/internal"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Clock, Context, Effect, Exit, Layer, Random, References, Scope } from "effect"
import * as WebCrypto from "effect/crypto/WebCrypto"
import { submit } from "./client.ts"
import { InvariantChecker } from "./invariant-checker.ts"
import { ledgerFile, noRows } from "./ledger-file.ts"
import { type Mutant, unchanged } from "./mutants.ts"
import { observer, Processes, type SharedWorld } from "./processes.ts"
import type { Scenario } from "./scenario.ts"
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

/** Reports each row read or written to the checker. */
const observedLedger = (ledger: Ledger["Service"], checker: InvariantChecker): Ledger["Service"] => {
  const observe = <E>(step: Effect.Effect<JobRecord, E>) =>
    Effect.tap(step, (record) => Effect.sync(() => checker.recordState(record)))
  const admitted = ({ job, isNew }: CreateResult, { allowDuplicate }: NewJob) =>
    Effect.sync(() => {
      checker.recordAdmission(job, isNew, allowDuplicate === true)
      checker.recordState(job)
    })
  return {
    ...ledger,
    createJob: (newJob) => Effect.tap(ledger.createJob(newJob), (created) => admitted(created, newJob)),
    createTakes: (takes, approved) =>
      Effect.tap(ledger.createTakes(takes, approved), (created) =>
        Effect.forEach(created, (one) => admitted(one, takes[0]))
      ),
    transition: (handle, from, to, changes) =>
      Effect.tap(observe(ledger.transition(handle, from, to, changes)), (job) =>
        Effect.sync(() => (to === "SENDING" ? checker.recordSending(job) : undefined))
      ),
    get: (...id) => observe(ledger.get(...id))
  }
}
