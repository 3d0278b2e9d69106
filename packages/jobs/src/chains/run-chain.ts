import { type KlingError, type Plan, type Quote, untrustedText } from "@klingkit/core"
import { Clock, Effect, Result } from "effect"
import type { JobError } from "../job-error.ts"
import type { ChainRecord } from "../ledger/chain-record.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { LedgerError } from "../ledger/ledger-error.ts"
import { planStored, type StoredStep } from "./chain-plan.ts"
import { standingOf } from "./chain-step.ts"
import { resolved, type StepResult } from "./take.ts"

/** One try of a step: of all programs that begin it, the ledger lets one send it. */
export interface StepKey {
  readonly chain: string
  readonly step: string
  readonly key: string
}

type AnyError = KlingError | JobError | LedgerError

/** What a chain needs of the jobs. */
export interface StepRunner {
  readonly ledger: Ledger["Service"]
  readonly principal: string
  readonly account: string
  /** Sends a step, unless another program has. */
  readonly begin: (plan: Plan, key: StepKey) => Effect.Effect<unknown, AnyError>
  /** Comes back when a job under way may have gone on. */
  readonly awaitChange: (job: JobRecord) => Effect.Effect<void, AnyError>
}

/** Why a step cannot go on, for people. The ledger's own failures are apart: they stop a program, not the chain. */
type StepFailure = string | LedgerError
type Results = ReadonlyMap<string, StepResult>

/**
 * Takes a chain to its end, from wherever it stands: its plan is gone through from the start, and each step is a job with
 * a key of its own, which the ledger lets begin once. Any number of programs may do this with one chain, at any time.
 */
export const runChain = Effect.fn("Jobs.runChain")(function* (
  runner: StepRunner,
  handle: string
): Effect.fn.Return<void, LedgerError> {
  const { chains } = runner.ledger
  const chain = yield* chains.get(handle, runner.principal)
  if (chain.state !== "RUNNING") return
  if (chain.account !== runner.account) return yield* chains.end(chain, "STOPPED", otherAccount)
  const plan = (yield* runner.ledger.input(handle)) as { readonly steps: ReadonlyArray<StoredStep> }
  const results = new Map<string, StepResult>()
  const ends = new Map<string, Effect.Effect<StepResult, StepFailure>>()
  for (const { id, quote, needs } of chain.steps) {
    const stored = plan.steps.find((step) => step.id === id)
    if (stored === undefined) continue
    const before = Effect.all(needs.flatMap((need) => ends.get(need) ?? []))
    const step = Effect.andThen(before, runStep(runner, chain, { ...stored, quote }, results))
    ends.set(id, yield* Effect.cached(Effect.tap(step, (result) => Effect.sync(() => results.set(id, result)))))
  }
  // What has begun beside a failed step is followed to its end: it is paid for.
  const all = yield* Effect.forEach(ends.values(), Effect.result, { concurrency: "unbounded" })
  const failed = all.find(Result.isFailure)?.failure
  if (failed instanceof LedgerError) return yield* failed
  yield* failed === undefined ? chains.end(chain, "SUCCEEDED") : chains.end(chain, "STOPPED", failed)
})

const otherAccount = "it was begun with another Kling key or region, and goes on with that one only"

const runStep = (
  runner: StepRunner,
  chain: ChainRecord,
  step: StoredStep & { readonly quote: Quote },
  results: Results
): Effect.Effect<StepResult, StepFailure> =>
  Effect.gen(function* () {
    let refused: AnyError | undefined
    while (true) {
      const jobs = yield* runner.ledger.chains.jobs(chain.handle)
      const standing = standingOf(chain, step.id, jobs, yield* Clock.currentTimeMillis)
      switch (standing.is) {
        case "done":
          return standing.result
        case "failed":
          return yield* Effect.fail(`step ${step.id}: ${refused?.message ?? whyFailed(standing.job)}`)
        case "under way":
          yield* runner.awaitChange(standing.job).pipe(Effect.mapError((error) => failureOf(step.id, error)))
          break
        case "to begin": {
          // It could not even be written down, or it would not be there to begin.
          if (refused !== undefined) return yield* Effect.fail(failureOf(step.id, refused))
          const input = yield* Effect.mapError(
            resolved(step.input, (id) => results.get(id) ?? { outputs: [] }),
            (detail) => `step ${step.id}: ${detail}`
          )
          const key = { chain: chain.handle, step: step.id, key: standing.key }
          refused = yield* planStored({ ...step, input }, step.quote).pipe(
            Effect.flatMap((plan) => runner.begin(plan, key)),
            Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
          )
        }
      }
    }
  })

const failureOf = (step: string, error: AnyError): StepFailure =>
  error instanceof LedgerError && "place" in error.reason ? error : `step ${step}: ${error.message}`

const whyFailed = ({ state, message, handle }: JobRecord): string => {
  const words = message === undefined ? "" : `: ${untrustedText(message)}`
  switch (state) {
    case "UNKNOWN":
      return `nobody knows whether Kling took it (${handle})${words}`
    case "FAILED":
      return `Kling could not finish task ${handle}; Kling says: "${untrustedText(message ?? "")}"`
    default:
      return `it was refused${words}`
  }
}
