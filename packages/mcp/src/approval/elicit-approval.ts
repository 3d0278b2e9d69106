import { JobsSettings, UserApprovals } from "@klingkit/jobs"
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
import { Clock, Effect } from "effect"
import { isModern } from "../protocol-version.ts"
import { askOnConnection, type FormAnswer } from "./ask-on-connection.ts"
import { SignedState } from "./signed-state.ts"

const key = "approval"
/** An approval is for the price that was just shown. */
const answerWithinMillis = 600_000
/** No user reads a price and answers within this time: a host that does not show forms has answered by itself. */
const blinkMillis = 500

/** The outcome of asking: the code of the question that the user has approved, why they have not, or a question still to be answered. */
export type ApprovalOutcome =
  | { readonly granted: string }
  | { readonly unapproved: Unapproved; readonly code?: string }
  | { readonly question: InputRequiredResult }

/** What a 2026 client carries from the question to the answer: which question, for which call, and when it was asked. */
interface RequestState {
  readonly code: string
  readonly purpose: string
  readonly askedAt: number
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
  const { code, purpose, askedAt } = state
  return purpose === (yield* purposeOf(tool, args)) ? yield* outcomeOf(answer, code, askedAt) : { unapproved: "stale" }
})

/**
 * Asks the user the question with this code. On a 2025 connection the client is asked while the call waits; a 2026 client
 * gets the question as the result and repeats the call with the answer.
 */
export const elicitApproval = Effect.fnUntraced(function* (
  server: McpServer,
  tool: Tool,
  args: unknown,
  ctx: ServerContext,
  code: string
): Effect.fn.Return<ApprovalOutcome, ToolFailure, ToolNeeds | SignedState> {
  const [asked] = yield* UserApprovals.use((approvals) => approvals.open(code))
  if (asked === undefined) return { unapproved: "stale" }
  const form = {
    mode: "form" as const,
    message: approvalMessage(asked.question),
    requestedSchema: {
      type: "object" as const,
      properties: { approve: { type: "boolean" as const, ...approvalCheckbox } },
      required: ["approve"]
    }
  }
  const askedAt = yield* Clock.currentTimeMillis
  if (!isModern(server)) return yield* outcomeOf(yield* askOnConnection(form, ctx), code, askedAt)
  const signedState = yield* SignedState
  const state: RequestState = { code, purpose: yield* purposeOf(tool, args), askedAt }
  const requestState = yield* signedState.sign(state)
  return { question: inputRequired({ inputRequests: { [key]: inputRequired.elicit(form) }, requestState }) }
})

/** An approval grants the question; a refusal closes it. What the user cannot have answered leaves it open for the shell. */
const outcomeOf = Effect.fnUntraced(function* (
  answer: FormAnswer,
  code: string,
  askedAt: number
): Effect.fn.Return<ApprovalOutcome, ToolFailure, UserApprovals> {
  const approvals = yield* UserApprovals
  const elapsedMillis = (yield* Clock.currentTimeMillis) - askedAt
  if (elapsedMillis > answerWithinMillis) return { unapproved: "stale" }
  if (answer.action === "accept" && answer.content?.["approve"] === true) {
    yield* approvals.grant(code)
    return { granted: code }
  }
  if (answer.action === "failed") return { unapproved: "not-shown", code }
  if (elapsedMillis < blinkMillis) return { unapproved: "by-program", code }
  yield* approvals.close(code)
  return { unapproved: answer.action === "decline" || answer.action === "accept" ? "declined" : "unanswered" }
})

/** Identifies a call by its principal, tool and arguments. */
const purposeOf = Effect.fnUntraced(function* (tool: Tool, args: unknown) {
  const { principal } = yield* JobsSettings
  return yield* fingerprintOf(tool.name, [principal, args])
})
