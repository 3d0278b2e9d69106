import { fingerprintOf, Jobs } from "@klingkit/jobs"
import {
  approvalBox,
  approvalQuestion,
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
import { StateSeal } from "./state-seal.ts"

/** A person who has not answered by then is not at the screen. */
const patience = "5 minutes"
const patienceMillis = 300_000
const key = "approval"

/** What came of asking: a token that approves exactly this call, a reason why not, or a question on its way. */
export type Asked =
  | { readonly token: string }
  | { readonly unapproved: Unapproved }
  | { readonly question: InputRequiredResult }

/** What a client of 2026 carries from the question to the answer: an approval, and the call that it is for. */
interface Carried {
  readonly token: string
  readonly purpose: string
}

/** The answer that a client of 2026 brings when it makes the call again; nothing when this is not such a call. */
export const answerBrought = Effect.fnUntraced(function* (
  tool: Tool,
  args: unknown,
  ctx: ServerContext
): Effect.fn.Return<Asked | undefined, ToolFailure, ToolNeeds> {
  const { inputResponses, requestState } = ctx.mcpReq
  // The server has opened the seal before the call gets here.
  const carried = requestState<Carried>()
  const answer = inputResponse(inputResponses, key)
  if (carried === undefined || answer.kind !== "elicit") return undefined
  const { token, purpose } = carried
  return purpose === (yield* purposeOf(tool, args)) ? yield* judged(answer, token) : { unapproved: "stale" }
})

/**
 * Puts a price to the client's person. On a connection of 2025 the client is asked while the call waits; one of 2026 gets
 * the question as the result, and makes the same call again with the answer.
 */
export const askPerson = Effect.fnUntraced(function* (
  server: McpServer,
  tool: Tool,
  args: unknown,
  ctx: ServerContext
): Effect.fn.Return<Asked, ToolFailure, ToolNeeds | StateSeal> {
  if (tool.plan === undefined) return yield* Effect.die(`${tool.name} spends, and has no plan`)
  const jobs = yield* Jobs
  const plan = yield* tool.plan(args)
  const token = yield* jobs.approve(plan)
  const form = {
    mode: "form" as const,
    message: approvalQuestion(tool, plan),
    requestedSchema: {
      type: "object" as const,
      properties: { approve: { type: "boolean" as const, ...approvalBox } },
      required: ["approve"]
    }
  }
  if (isModern(server)) {
    const seal = yield* StateSeal
    const carried: Carried = { token, purpose: yield* purposeOf(tool, args) }
    const requestState = yield* seal.seal(carried)
    return { question: inputRequired({ inputRequests: { [key]: inputRequired.elicit(form) }, requestState }) }
  }
  const answer = yield* Effect.tryPromise((signal) =>
    ctx.mcpReq.send({ method: "elicitation/create", params: form }, { signal, timeout: 2 * patienceMillis })
  ).pipe(Effect.timeout(patience), Effect.option)
  if (Option.isSome(answer)) return yield* judged(answer.value, token)
  yield* jobs.withdraw(token)
  return { unapproved: "unanswered" }
})

const judged = Effect.fnUntraced(function* (
  { action, content }: { readonly action: string; readonly content?: Readonly<Record<string, unknown>> | undefined },
  token: string
): Effect.fn.Return<Asked, ToolFailure, Jobs> {
  if (action === "accept" && content?.["approve"] === true) return { token }
  const jobs = yield* Jobs
  yield* jobs.withdraw(token)
  return { unapproved: action === "cancel" ? "unanswered" : "declined" }
})

/** Whose call of which tool with which arguments. */
const purposeOf = Effect.fnUntraced(function* (tool: Tool, args: unknown) {
  const { config } = yield* Jobs
  return yield* fingerprintOf(tool.name, [config.principal, args])
})
