import { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import { invalidInput } from "../errors/kling-error.ts"
import { readInlineImageHeader } from "../media/image-header.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import type { PlanContext } from "./plan-context.ts"
import { planRequest } from "./plan-request.ts"
import type { RequestResult } from "./request.ts"
import { fieldName, type RequestMethods, requestMethods } from "./request-methods.ts"

/** What each request asks Kling for, at what price: a pipeline where that takes several steps. */
export type RequestPlans<Options> = RequestMethods<PlanOutcomes, Options>
export type PlanOutcomes = Readonly<Record<RequestResult, Plan | PipelinePlan>>

/**
 * Plans requests without a ledger, files or a connection: which operation, with what input, at what price. Nothing is sent.
 * Images, audio and videos are URLs or base64; the length of what is behind a URL stays unknown.
 */
export const createPlanner = (options: { readonly credential?: CredentialKind } = {}): RequestPlans<never> => {
  const context = offlineContext(options.credential ?? "api-key")
  return requestMethods<PlanOutcomes, never>((request, given) =>
    Effect.runPromise(planRequest(request, given, fieldName, context))
  )
}

/** Where a program without jobs plans: nothing is read, looked up or measured. */
export const offlineContext = (credential: CredentialKind): PlanContext<never> => ({
  credential,
  image: (_, source) => Effect.succeed(source),
  media: (_, input) => Effect.succeed(input),
  video: (field, source) =>
    /^https?:/i.test(source)
      ? Effect.succeed({ url: source })
      : Effect.fail(invalidInput([{ field, message: "must be a URL: only jobs know the tasks behind ids" }])),
  seconds: () => Effect.succeed(undefined),
  imageSize: (image) => Effect.sync(() => (/^https?:/i.test(image) ? undefined : readInlineImageHeader(image))),
  refineQuote: Effect.succeed
})
