import { type Services, SignedState } from "@klingkit/mcp"
import {
  acceptedContent,
  type CallToolResult,
  type ElicitRequestFormParams,
  fromJsonSchema,
  type InputRequests,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  type McpServer,
  type ServerContext
} from "@modelcontextprotocol/server"
import { text } from "./samples.ts"

const nothing = fromJsonSchema({ type: "object", properties: {} })
const done = (message: string): CallToolResult => ({ content: [text(message)] })

const ask = (message: string, properties: ElicitRequestFormParams["requestedSchema"]["properties"]) =>
  inputRequired.elicit({ message, requestedSchema: { type: "object", properties } })
const askModel = (prompt: string) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens: 50 })

const askName = ask("What is your name?", { name: { type: "string" } })
const askConfirmation = ask("Please confirm", { ok: { type: "boolean" } })

const withDefaults = ask("Please review and update the form fields with defaults", {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true }
})
const titled = [
  { const: "value1", title: "First Option" },
  { const: "value2", title: "Second Option" },
  { const: "value3", title: "Third Option" }
]
const withEnums = ask("Please select options from the enum fields", {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: { type: "string", oneOf: titled },
  legacyEnum: {
    type: "string",
    enum: ["opt1", "opt2", "opt3"],
    enumNames: ["Option One", "Option Two", "Option Three"]
  },
  untitledMulti: { type: "array", minItems: 1, maxItems: 3, items: { type: "string", enum: ["option1", "option2"] } },
  titledMulti: { type: "array", minItems: 1, maxItems: 3, items: { anyOf: titled } }
})

/** Repeats its input requests until all have an answer. */
const untilAnswered =
  (inputRequests: InputRequests, message: (ctx: ServerContext) => string) =>
  (ctx: ServerContext): CallToolResult | InputRequiredResult =>
    Object.keys(inputRequests).every((key) => isAnswered(ctx, key))
      ? done(message(ctx))
      : inputRequired({ inputRequests })

const isAnswered = ({ mcpReq }: ServerContext, key: string): boolean => {
  const response = inputResponse(mcpReq.inputResponses, key)
  return response.kind !== "missing" && (response.kind !== "elicit" || response.content !== undefined)
}
const nameIn = ({ mcpReq }: ServerContext, key: string): string =>
  String(acceptedContent(mcpReq.inputResponses, key)?.["name"])

/** Asks in rounds; signed state, which the client returns, holds the next round. */
const inRounds =
  (services: Services) =>
  (requests: InputRequests, rounds: ReadonlyArray<ReadonlyArray<string>>) =>
  async (ctx: ServerContext): Promise<CallToolResult | InputRequiredResult> => {
    const round = ctx.mcpReq.requestState<number>()
    const answered = round !== undefined && (rounds[round] ?? []).every((key) => isAnswered(ctx, key))
    const next = (round ?? 0) + (answered ? 1 : 0)
    const keys = rounds[next]
    if (keys === undefined) return done("state-ok: everything was answered")
    const inputRequests = Object.fromEntries(Object.entries(requests).filter(([key]) => keys.includes(key)))
    const requestState = await services.runPromise(SignedState.use((state) => state.sign(next)))
    return inputRequired({ inputRequests, requestState })
  }

/** Tools that request input before they answer. */
export const addInputTools = (server: McpServer, services: Services): void => {
  const withState = inRounds(services)
  type Run = (
    ctx: ServerContext
  ) => CallToolResult | InputRequiredResult | Promise<CallToolResult | InputRequiredResult>
  const add = (name: string, run: Run): void => {
    server.registerTool(name, { description: name, inputSchema: nothing }, (_args, ctx) => run(ctx))
  }
  const thanks = () => "Thank you."
  add("test_sampling", untilAnswered({ sample: askModel("Test prompt") }, thanks))
  add("test_elicitation", untilAnswered({ user: ask("Who?", { response: { type: "string" } }) }, thanks))
  add("test_elicitation_sep1034_defaults", untilAnswered({ form: withDefaults }, thanks))
  add("test_elicitation_sep1330_enums", untilAnswered({ form: withEnums }, thanks))
  add("test_missing_capability", untilAnswered({ sample: askModel("A model is needed.") }, thanks))
  add("test_streaming_elicitation", untilAnswered({ user_name: askName }, thanks))

  add(
    "test_input_required_result_elicitation",
    untilAnswered({ user_name: askName }, (ctx) => `Hello, ${nameIn(ctx, "user_name")}!`)
  )
  add(
    "test_input_required_result_sampling",
    untilAnswered({ capital_question: askModel("What is the capital of France?") }, thanks)
  )
  add("test_input_required_result_list_roots", untilAnswered({ client_roots: inputRequired.listRoots() }, thanks))
  add("test_input_required_result_request_state", withState({ confirm: askConfirmation }, [["confirm"]]))
  add("test_input_required_result_tampered_state", withState({ confirm: askConfirmation }, [["confirm"]]))
  add(
    "test_input_required_result_multiple_inputs",
    withState(
      { user_name: askName, greeting: askModel("Generate a greeting"), client_roots: inputRequired.listRoots() },
      [["user_name", "greeting", "client_roots"]]
    )
  )
  add(
    "test_input_required_result_multi_round",
    withState({ step1: askName, step2: ask("What is your favorite color?", { color: { type: "string" } }) }, [
      ["step1"],
      ["step2"]
    ])
  )
  add("test_input_required_result_capabilities", (ctx) => {
    const can = server.server.getClientCapabilities()
    const inputRequests = {
      ...(can?.elicitation === undefined ? {} : { elicit_input: askName }),
      ...(can?.sampling === undefined ? {} : { sample_input: askModel("Sample request") })
    }
    return untilAnswered(inputRequests, thanks)(ctx)
  })
}
