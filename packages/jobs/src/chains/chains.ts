import { familyOfHandle, isFinished, type Kling, type KlingError, mintHandle } from "@klingkit/core"
import { Clock, Effect, Exit, Fiber, Latch, Option, Stream } from "effect"
import type { Job } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { ChainIntent } from "../ledger/begin-chain.ts"
import type { ChainRecord } from "../ledger/chain-record.ts"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { SpendLimits } from "../spend-limits.ts"
import { refuseUnapproved } from "../submit/approval.ts"
import { jobOfChain } from "./chain-job.ts"
import { type ChainPlan, storedSteps, toldSteps, wholeOf } from "./chain-plan.ts"
import { runChain, type StepRunner } from "./run-chain.ts"

export interface BeginChainOptions {
  /** Of the caller: the same key is the same chain, always. */
  readonly idempotencyKey?: string
  /** The same chain as a moment ago is meant to be made again. */
  readonly allowRepeat?: boolean
  /** A person has seen the price and said yes. */
  readonly isApproved?: boolean
  /** A token of `Jobs.approve`, in place of a person. */
  readonly approval?: string
  /** Gets the handle when the chain is written down, before its first step is. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
}

export interface ResumeChainOptions {
  /** Also steps of which nobody knows whether they were charged: they may be paid twice. */
  readonly repeatUnknown?: boolean
}

export type ChainError = KlingError | JobError | LedgerError

interface Surroundings {
  readonly open: Effect.Effect<Ledger["Service"], LedgerError>
  readonly kling: Kling["Service"]
  readonly principal: string
  readonly limits: SpendLimits
  readonly steps: (ledger: Ledger["Service"]) => Pick<StepRunner, "begin" | "awaitChange">
  /** Looks at a task that is under way, so that the ledger knows more. */
  readonly look: (handle: string) => Effect.Effect<unknown, KlingError>
}

export const isChain = (id: string): boolean => familyOfHandle(id) === "chain"

/** A chain that this program goes on with: open once its last step was sent, or it has ended. */
interface Driven {
  readonly fiber: Fiber.Fiber<void, LedgerError>
  readonly sent: Latch.Latch
}

/** How long a host is kept that only wants a handle: a step that is refused at once is then told at once. */
const firstAnswerSeconds = 1.5

/** Several paid steps under one handle: begun as a whole, gone on with by whoever follows them. */
export const makeChains = ({ open, kling, principal, limits, steps, look }: Surroundings) => {
  const driven = new Map<string, Driven>()

  /** Goes on with a chain, in the background, unless this program does already. */
  const drive = Effect.fnUntraced(function* (ledger: Ledger["Service"], chain: ChainRecord) {
    const before = driven.get(chain.handle)
    if (before !== undefined) return before
    const sent = yield* Latch.make(false)
    const last = chain.steps.at(-1)?.id
    const own = steps(ledger)
    const runner: StepRunner = {
      ...own,
      ledger,
      principal,
      account: kling.account,
      begin: (plan, key) => Effect.tap(own.begin(plan, key), () => (key.step === last ? sent.open : Effect.void))
    }
    const ended = Effect.andThen(
      Effect.sync(() => driven.delete(chain.handle)),
      sent.open
    )
    const mine: Driven = {
      sent,
      fiber: yield* Effect.forkDetach(Effect.ensuring(runChain(runner, chain.handle), ended))
    }
    driven.set(chain.handle, mine)
    return mine
  })

  const jobOf = Effect.fnUntraced(function* (
    ledger: Ledger["Service"],
    handle: string
  ): Effect.fn.Return<Job, LedgerError> {
    const chain = yield* ledger.chains.get(handle, principal)
    return jobOfChain(chain, yield* ledger.chains.jobs(handle), yield* Clock.currentTimeMillis)
  })

  const begin = Effect.fn("Jobs.begin")(function* (
    plan: ChainPlan,
    options: BeginChainOptions = {}
  ): Effect.fn.Return<Job, ChainError> {
    const ledger = yield* open
    const { operation, input } = wholeOf(plan)
    const intent: ChainIntent = {
      handle: yield* mintHandle("chain"),
      principal,
      account: kling.account,
      name: plan.name,
      fingerprint: yield* fingerprintOf(operation.id, input),
      quote: plan.quote,
      steps: toldSteps(plan.steps),
      plan: { steps: storedSteps(plan.steps) },
      limits,
      ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
      ...(options.allowRepeat === undefined ? {} : { allowRepeat: options.allowRepeat }),
      ...(options.approval === undefined ? {} : { approval: options.approval })
    }
    const earlier = yield* ledger.chains.find(intent)
    // What was approved once goes on without another approval.
    if (earlier === undefined) {
      yield* refuseUnapproved(ledger, { kling, principal, limits }, plan.quote, options)
    }
    const begun = earlier === undefined ? yield* ledger.chains.begin(intent) : { chain: earlier, isNew: false }
    const { handle } = begun.chain
    if (options.onHandle !== undefined) yield* options.onHandle(handle)
    const chain = begun.chain.state === "STOPPED" ? yield* ledger.chains.resume(begun.chain, { limits }) : begun.chain
    if (chain.state === "RUNNING") {
      const { sent } = yield* drive(ledger, chain)
      yield* Effect.timeoutOption(sent.await, firstAnswerSeconds * 1000)
    }
    return { ...(yield* jobOf(ledger, handle)), ...(begun.isNew ? {} : { isRepeat: true }) }
  })

  const resume = Effect.fn("Jobs.resume")(function* (
    handle: string,
    options: ResumeChainOptions = {}
  ): Effect.fn.Return<Job, ChainError> {
    const ledger = yield* open
    const chain = yield* ledger.chains.get(handle, principal)
    yield* drive(ledger, yield* ledger.chains.resume(chain, { ...options, limits }))
    return yield* jobOf(ledger, handle)
  })

  /** How it stands now; nothing is sent. */
  const status = Effect.fn("Jobs.chainStatus")(function* (handle: string): Effect.fn.Return<Job, LedgerError> {
    const ledger = yield* open
    const jobs = yield* ledger.chains.jobs(handle)
    const atKling = jobs.filter(({ state }) => state === "ACCEPTED" || state === "RUNNING")
    yield* Effect.forEach(atKling, (job) => Effect.ignore(look(job.handle)), {
      concurrency: "unbounded",
      discard: true
    })
    return yield* jobOf(ledger, handle)
  })

  /** The chain each second until it has ended. Whoever follows it goes on with it. */
  const follow = (handle: string): Stream.Stream<Job, LedgerError> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const ledger = yield* open
        const { fiber } = yield* drive(ledger, yield* ledger.chains.get(handle, principal))
        return Stream.paginate(true, (isFirst) =>
          Effect.gen(function* () {
            if (!isFirst) yield* Effect.raceFirst(Effect.sleep("1 second"), Fiber.await(fiber))
            const job = yield* jobOf(ledger, handle)
            const exit = fiber.pollUnsafe()
            if (!isFinished(job.task) && exit !== undefined && Exit.isFailure(exit)) {
              return yield* Effect.failCause(exit.cause)
            }
            const isOver = isFinished(job.task) || exit !== undefined
            return [[job], isOver ? Option.none<boolean>() : Option.some(false)] as const
          })
        )
      })
    )

  /** Chains that no program has ended yet, begun by this account. */
  const left = Effect.gen(function* () {
    const ledger = yield* open
    const chains = yield* ledger.chains.list({ principal, account: kling.account, states: ["RUNNING"], limit: 100 })
    return yield* Effect.forEach(chains, (chain) => drive(ledger, chain))
  })

  const list = Effect.gen(function* () {
    const ledger = yield* open
    const chains = yield* ledger.chains.list({ principal })
    return yield* Effect.forEach(chains, ({ handle }) => jobOf(ledger, handle))
  })

  return { begin, resume, status, follow, list, left }
}
