import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { type JobRecord, Ledger } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Clock, Context, Effect, Exit, Layer, Random, References, Result, Scope } from "effect"
import { Witness } from "./invariants.ts"
import { ledgerFile, noRows } from "./ledger-file.ts"
import { type Mutant, unchanged } from "./mutants.ts"
import { Machines, type Surroundings } from "./machines.ts"
import { drawsOf, type Scenario, type Submission } from "./scenario.ts"
import { drawnCrypto } from "./drawn-crypto.ts"
import { VirtualMachine } from "./virtual-machine.ts"

const noon = Date.UTC(2026, 10, 22, 12)
/** Longer than any lease, pause, late commit or late visibility. */
const restSeconds = 400
/** Without a key a repeat is known for two minutes: whoever is held up for longer than this does not ask any more. */
const patienceSeconds = 110

/** Lives through a scenario. Answers what went against the promise; nothing when it was kept. */
export const runScenario = async (scenario: Scenario, mutant: Mutant = unchanged): Promise<ReadonlyArray<string>> => {
  const draw = drawsOf(scenario.seed ^ 0x5eed)
  const restoreCrypto = drawnCrypto(draw)
  const scope = Scope.makeUnsafe()
  try {
    const program = live(scenario, mutant).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.provideService(References.MinimumLogLevel, "None"),
      Random.withSeed(scenario.seed)
    )
    return await new VirtualMachine(noon, draw).run(program)
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    restoreCrypto()
  }
}

const live = Effect.fnUntraced(function* (
  scenario: Scenario,
  mutant: Mutant
): Effect.fn.Return<ReadonlyArray<string>, never, Scope.Scope> {
  const scope = yield* Scope.Scope
  const { layer, rows } = mutant.writesRows === true ? yield* ledgerFile : { layer: layerSqliteMemory, rows: noRows }
  const { seed, speed, faults, uniqueness, parallelTasks, maxUsdPerDay } = scenario
  const plan = { faults, switches: { uniqueness }, packs: { video: { concurrency: parallelTasks } } }
  const kling = new KlingWorld({ seed, speed, faults: plan })
  const witness = new Witness(kling, maxUsdPerDay)
  const built = yield* Effect.orDie(Layer.buildWithScope(layer, scope))
  const ledger = witnessed(Context.get(built, Ledger), witness)
  const begun = new Map<string, number>()
  const surroundings: Surroundings = {
    kling,
    ledger,
    rows,
    mutant,
    limits: maxUsdPerDay === undefined ? {} : { maxUsdPerDay },
    afterStep: () => witness.check(),
    onSend: (body) => witness.sends(body),
    mayStillBegin: Effect.fnUntraced(function* ({ prompt = "", idempotencyKey }) {
      const now = yield* Clock.currentTimeMillis
      const first = begun.get(prompt) ?? now
      begun.set(prompt, first)
      if (idempotencyKey === undefined && now - first > patienceSeconds * 1000) return yield* Effect.never
    })
  }
  const machines = new Machines(scenario.accidents, surroundings, scope)
  for (const submission of scenario.submissions) yield* Effect.forkDetach(submit(submission, machines, witness))

  yield* Effect.sleep("1 hour")
  kling.state.faults.clear()
  const last = yield* machines.start(-1, 0)
  for (let round = 0; round < 3; round++) {
    yield* Effect.orDie(last.recover)
    yield* Effect.sleep(`${restSeconds} seconds`)
  }
  const { jobs: known } = yield* Effect.orDie(ledger.list({ limit: 100 }))
  yield* Effect.forEach(known, ({ handle }) => Effect.exit(last.status(handle)), { discard: true })
  const { jobs: records } = yield* Effect.orDie(ledger.list({ limit: 100 }))
  witness.checkEnd(records)
  return witness.violations
})

/** One client: asks, perhaps once more after others did, and notes what it is told. */
const submit = Effect.fnUntraced(function* (
  { atSeconds, program, intent, isKeyed, isImpatient }: Submission,
  machines: Machines,
  witness: Witness
) {
  yield* Effect.sleep(`${atSeconds} seconds`)
  const jobs = yield* machines.jobsOf(program)
  const plan = yield* planVideo({ prompt: `intent ${intent}` }, "api-key")
  let handle: string | undefined
  const told = yield* Effect.result(
    jobs.submit(plan, {
      onHandle: (minted) => Effect.sync(() => void (handle = minted)),
      ...(isImpatient ? { answerWithinSeconds: 1.5 } : {}),
      ...(isKeyed ? { idempotencyKey: `key ${intent}` } : {})
    })
  )
  if (Result.isSuccess(told)) {
    const { handle: given, task, isRepeat } = told.success
    if (task.id === given && task.status === "submitted") witness.promised.push(given)
    else if (isRepeat !== true && task.id !== given) witness.toldAccepted.push(given)
  } else if (told.failure.code === "LEDGER_OVER_BUDGET") witness.overBudget.add(intent)
  else if (handle !== undefined && told.failure.wasCharged === "no") {
    witness.toldUncharged.push({ handle, code: told.failure.code })
  }
})

/** Shows the witness each row that passes by. */
const witnessed = (ledger: Ledger["Service"], witness: Witness): Ledger["Service"] => {
  const seen = <E>(step: Effect.Effect<JobRecord, E>) =>
    Effect.tap(step, (record) => Effect.sync(() => witness.sees(record)))
  return {
    ...ledger,
    begin: (intent) =>
      Effect.tap(ledger.begin(intent), ({ job }) =>
        Effect.sync(() => {
          witness.admits(job)
          witness.sees(job)
        })
      ),
    transition: (...step) => seen(ledger.transition(...step)),
    get: (...id) => seen(ledger.get(...id))
  }
}
