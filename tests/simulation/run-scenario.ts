import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { type JobRecord, startedJob } from "@klingkit/jobs"
import { Ledger } from "@klingkit/jobs/internal"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Clock, Context, Effect, Exit, Layer, Random, References, Result, Scope } from "effect"
import * as WebCrypto from "effect/crypto/WebCrypto"
import { InvariantChecker } from "./invariant-checker.ts"
import { ledgerFile, noRows } from "./ledger-file.ts"
import { type Mutant, unchanged } from "./mutants.ts"
import { Processes, type SharedWorld } from "./processes.ts"
import { seededRandom, type Scenario, type Submission } from "./scenario.ts"
import { seededCrypto } from "./seeded-crypto.ts"
import { VirtualTime } from "./virtual-time.ts"

const noon = Date.UTC(2026, 10, 22, 12)
/** Longer than any lease, suspension, late commit or late visibility. */
const restSeconds = 400
/** Without a key, a job answers for ten minutes after its end: a client delayed for longer than this gives up. */
const giveUpSeconds = 590

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
  const { layer, rows } = mutant.writesRows === true ? yield* ledgerFile : { layer: layerSqliteMemory, rows: noRows }
  const { seed, speed, faults, uniqueness, parallelTasks, maxUsdPerDay } = scenario
  const plan = { faults, switches: { uniqueness }, packs: { video: { concurrency: parallelTasks } } }
  const kling = new KlingWorld({ seed, speed, faults: plan })
  const checker = new InvariantChecker(kling, maxUsdPerDay)
  const context = yield* Effect.orDie(Layer.buildWithScope(layer, scope))
  const ledger = observedLedger(Context.get(context, Ledger), checker)
  const firstSubmitted = new Map<string, number>()
  const world: SharedWorld = {
    kling,
    ledger,
    rows,
    mutant,
    limits: maxUsdPerDay === undefined ? {} : { maxUsdPerDay },
    afterStep: () => checker.check(),
    onSend: (body) => checker.recordSend(body),
    isStillWaiting: Effect.fnUntraced(function* ({ prompt = "", idempotencyKey }) {
      const now = yield* Clock.currentTimeMillis
      const first = firstSubmitted.get(prompt) ?? now
      firstSubmitted.set(prompt, first)
      if (idempotencyKey === undefined && now - first > giveUpSeconds * 1000) return yield* Effect.never
    })
  }
  const processes = new Processes(scenario.processFaults, world)
  for (const submission of scenario.submissions) yield* Effect.forkDetach(submit(submission, processes, checker))

  yield* Effect.sleep("1 hour")
  kling.state.faults.clear()
  const last = yield* processes.start(-1, 0)
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

/** One client: submits a request, possibly a duplicate, and records the response. */
const submit = Effect.fnUntraced(function* (
  { atSeconds, process, intent, isKeyed, returnsEarly }: Submission,
  processes: Processes,
  checker: InvariantChecker
) {
  yield* Effect.sleep(`${atSeconds} seconds`)
  const { jobs } = yield* processes.jobsOf(process)
  const plan = yield* planVideo({ prompt: `intent ${intent}` }, "api-key")
  let handle: string | undefined
  const result = yield* Effect.result(
    Effect.flatMap(
      jobs.run(plan, {
        onHandle: (created) => Effect.sync(() => void (handle = created)),
        ...(returnsEarly ? { answerWithin: "1.5 seconds" } : {}),
        ...(isKeyed ? { idempotencyKey: `key ${intent}` } : {})
      }),
      startedJob
    )
  )
  if (Result.isSuccess(result)) {
    const { handle: returned, task, isDuplicate } = result.success
    if (task.id === returned && task.status === "submitted") checker.acknowledged.push(returned)
    else if (isDuplicate !== true && task.id !== returned) checker.reportedAccepted.push(returned)
  } else if (result.failure.code === "LEDGER_OVER_BUDGET") checker.overBudget.add(intent)
  else if (handle !== undefined && result.failure.wasCharged === "no") {
    checker.reportedUncharged.push({ handle, code: result.failure.code })
  }
})

/** Reports each row read or written to the checker. */
const observedLedger = (ledger: Ledger["Service"], checker: InvariantChecker): Ledger["Service"] => {
  const observe = <E>(step: Effect.Effect<JobRecord, E>) =>
    Effect.tap(step, (record) => Effect.sync(() => checker.recordState(record)))
  return {
    ...ledger,
    createJob: (newJob) =>
      Effect.tap(ledger.createJob(newJob), ({ job }) =>
        Effect.sync(() => {
          checker.recordAdmission(job)
          checker.recordState(job)
        })
      ),
    transition: (...step) => observe(ledger.transition(...step)),
    get: (...id) => observe(ledger.get(...id))
  }
}
