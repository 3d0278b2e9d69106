import { credentialsFromConfig, stepsText } from "@klingkit/core/internal"
import { onlySteps, type PipelinePlan, withTakes } from "@klingkit/core/requests"
import { type PipelineIdentity, type PipelineQuote, Pipelines } from "@klingkit/jobs"
import { Effect, type FileSystem, Option, type Path } from "effect"
import { connection } from "../../connection.ts"
import { Output } from "../../output/output.ts"
import { quoteText, quoteView } from "../../output/task-view.ts"

/** Prints a pipeline's steps and price without sending anything; with a credential also what is already made. */
export const showPipeline = Effect.fnUntraced(function* (whole: PipelinePlan, identity: PipelineIdentity) {
  const output = yield* Output
  const plan = yield* Effect.flatMap(withTakes(whole, identity.stepTakes), (all) => onlySteps(all, identity.only))
  const quoted = identity.reuseSteps === true ? yield* quoteOf(whole, identity) : undefined
  const steps = plan.steps.map(({ id, plan: step }) => {
    const { handle, status } = quoted?.steps.find((one) => one.id === id) ?? {}
    return { id, ...step, made: handle === undefined ? undefined : { handle, status } }
  })
  const unpaid = steps.filter(({ made }) => made === undefined)
  const quote = quoted?.quote ?? plan.quote
  const rule =
    unpaid.length === 0
      ? "every step is already made"
      : `${unpaid.length === 1 ? "the price" : "the sum"} of ${stepsText(unpaid.length)}`
  yield* output.answer({
    json: {
      dryRun: true,
      quote: quoteView(quote),
      steps: steps.map(({ id, operation, input, quote: own, made }) => ({
        id,
        operation: operation.id,
        input,
        quote: quoteView(own),
        ...(made === undefined ? {} : { handle: made.handle, status: made.status, isFound: true })
      }))
    },
    text: [
      ...steps.map(({ id, operation, quote: own, made }) => {
        const price =
          made === undefined
            ? quoteText(own)
            : `${made.status === "failed" ? "failed before" : "already made"} (${made.handle}), not charged`
        return `Step ${id}: ${operation.id}, ${price}`
      }),
      `Quote: ${quoteText({ ...quote, rule })}`,
      "Nothing was sent."
    ].join("\n")
  })
})

/** What the ledger says; without a credential the account is not known, and nothing is found. */
const quoteOf = (
  plan: PipelinePlan,
  identity: PipelineIdentity
): Effect.Effect<PipelineQuote | undefined, never, FileSystem.FileSystem | Path.Path> =>
  credentialsFromConfig.pipe(
    Effect.andThen(Pipelines.use((pipelines) => pipelines.quote(plan, identity)).pipe(Effect.provide(connection))),
    Effect.option,
    Effect.map(Option.getOrUndefined)
  )
