import { Jobs, JobsSettings } from "@klingkit/jobs"
import { fingerprintOf } from "@klingkit/jobs/internal"
import {
  approvalCheckbox,
  approvalMessage,
  type Tool,
  type ToolFailure,
  type ToolNeeds,
  type Unapproved
} from "@klingkit/tools"
import {
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type McpServer,
  type ServerContext
} from "@modelcontextprotocol/server"
import { Effect, Option } from "effect"
import { isModern } from "../protocol-version.ts"
import { SignedState } from "./signed-state.ts"

/** After this time the user is presumed away. */
const answerTimeout = "5 minutes"
const answerTimeoutMillis = 300_000
const key = "approval"

/** The outcome of asking: a token that approves exactly this call, a reason for refusal, or a question still to be answered. */
export type ApprovalOutcome =
  | { readonly token: string }
  | { readonly unapproved: Unapproved }
  | { readonly question: InputRequiredResult }

/** What a 2026 client carries from the question to the answer: an approval, and the call it is for. */
interface RequestState {
  readonly token: string
  readonly purpose: string
}

/** The answer that a 2026 client sends when it repeats the call; undefined for any other call. */
export const resumedAnswer = Effect.fnUntraced(function* (
  tool: Tool,
  args: unknown,
  ctx: ServerContext
): Effect.fn.Return<ApprovalOutcome | undefined, ToolFailure, ToolNeeds> {
  const { inputResponses, requestState } = ctx.mcpReq
  // The server has verified the signature before the call gets here.
  const state = requestState<RequestState>()
  const answer = inputResponse(inputResponses, key)
  if (state === undefined || answer.kind !== "elicit") return undefined
  const { token, purpose } = state
  return purpose === (yield* purposeOf(tool, args)) ? yield* interpretAnswer(answer, token) : { unapproved: "stale" }
})

/**
 * Asks the user to approve a price. On a 2025 connection the client is asked while the call waits; a 2026 client gets the
 * question as the result and repeats the call with the answer.
 */
export const elicitApproval = Effect.fnUntraced(function* (
  server: McpServer,
  tool: Tool,
  args: unknown,
  ctx: ServerContext
): Effect.fn.Return<ApprovalOutcome, ToolFailure, ToolNeeds | SignedState> {
  if (tool.plan === undefined) return yield* Effect.die(`${tool.name} is charged but has no plan`)
  const jobs = yield* Jobs
  const plan = yield* tool.plan(args)
  const token = yield* jobs.approve(plan)
  const form = {
    mode: "form" as const,
    message: approvalMessage(tool, plan),
    requestedSchema: {
      type: "object" as const,
      properties: { approve: { type: "boolean" as const, ...approvalCheckbox } },
      required: ["approve"]
    }
  }
  if (isModern(server)) {
    const signedState = yield* SignedState
    const state: RequestState = { token, purpose: yield* purposeOf(tool, args) }
    const requestState = yield* signedState.sign(state)
    return { question: inputRequired({ inputRequests: { [key]: inputRequired.elicit(form) }, requestState }) }
  }
  const answer = yield* Effect.tryPromise((signal) =>
    ctx.mcpReq.send({ method: "elicitation/create", params: form }, { signal, timeout: 2 * answerTimeoutMillis })
  ).pipe(Effect.timeout(answerTimeout), Effect.option)
  if (Option.isSome(answer)) return yield* interpretAnswer(answer.value, token)
  yield* jobs.revokeApproval(token)
  return { unapproved: "unanswered" }
})

const interpretAnswer = Effect.fnUntraced(function* (
  { action, content }: { readonly action: string; readonly content?: Readonly<Record<string, unknown>> | undefined },
  token: string
): Effect.fn.Return<ApprovalOutcome, ToolFailure, Jobs> {
  if (action === "accept" && content?.["approve"] === true) return { token }
  const jobs = yield* Jobs
  yield* jobs.revokeApproval(token)
  return { unapproved: action === "cancel" ? "unanswered" : "declined" }
})

/** Identifies a call by its principal, tool and arguments. */
const purposeOf = Effect.fnUntraced(function* (tool: Tool, args: unknown) {
  const { principal } = yield* JobsSettings
  return yield* fingerprintOf(tool.name, [principal, args])
})
