import { cheaperText } from "@klingkit/core/internal"
import { type ApprovalRequest, UserApprovals } from "@klingkit/jobs"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { Effect, Layer, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { cheaperView } from "../output/cheaper-view.ts"
import { confirmAtTerminal, notConfirmed } from "../output/confirm.ts"
import { factsText } from "../output/facts-text.ts"
import { usageError } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"
import { quoteText, quoteView } from "../output/task-view.ts"

const columns: ReadonlyArray<Column<ApprovalRequest>> = [
  { title: "code", value: ({ code }) => code },
  { title: "what", value: ({ question }) => question.title },
  { title: "price", value: ({ question }) => quoteText(question.quote) },
  { title: "prompt", value: ({ question }) => question.prompt }
]

const settingsOf = ({ settings }: Pick<ApprovalRequest["question"], "settings">) =>
  Object.fromEntries(settings.map(({ name, value }) => [name, value]))

const questionText = ({
  title,
  quote,
  model,
  operation,
  prompt,
  warnings,
  cheaper = [],
  ...question
}: ApprovalRequest["question"]) =>
  factsText({
    Request: title,
    Price: quoteText(quote),
    Cheaper: cheaper.length === 0 ? undefined : cheaper.map(cheaperText).join("; "),
    Model: model === "" ? operation : `${model} (${operation})`,
    Prompt: prompt,
    Settings: question.settings.length === 0 ? undefined : settingsOf(question),
    Warnings: warnings.length === 0 ? undefined : warnings
  })

const viewOf = ({ code, question: { cheaper, ...question }, isGranted, expiresAt }: ApprovalRequest) => ({
  code,
  ...question,
  ...(cheaper === undefined ? {} : { cheaper: cheaper.map(cheaperView) }),
  quote: quoteView(question.quote),
  settings: settingsOf(question),
  approved: isGranted,
  expiresAt: new Date(expiresAt).toISOString()
})

/** Lists what waits for an answer. */
const listOpen = Effect.gen(function* () {
  const output = yield* Output
  const open = (yield* UserApprovals.use((approvals) => approvals.open())).filter(({ isGranted }) => !isGranted)
  const text = open.length === 0 ? "No request waits for your approval." : table(open, columns, output.stdoutIsTerminal)
  yield* output.answer({ json: open.map(viewOf), text })
})

const answer = Effect.fnUntraced(function* (code: string) {
  const output = yield* Output
  const approvals = yield* UserApprovals
  const [asked] = yield* approvals.open(code)
  if (asked === undefined) return yield* unknownCode(code)
  yield* output.say(questionText(asked.question))
  if (asked.isGranted) {
    return yield* output.answer({
      json: viewOf(asked),
      text: "It is approved already. Tell the chat to make the call again."
    })
  }
  const isApproved = yield* confirmAtTerminal({
    question: "Approve and pay for this request, once?",
    undone: "nothing was approved",
    otherwise: "run it in a terminal of your own: only the user can approve"
  })
  if (!isApproved) {
    yield* approvals.close(asked.code)
    return yield* notConfirmed("declined: this request is not sent", "make the call again to be asked again")
  }
  if (!(yield* approvals.grant(asked.code))) return yield* unknownCode(code)
  const text = "Approved: this request may be sent once, within ten minutes. Tell the chat to make the call again."
  yield* output.answer({ json: viewOf({ ...asked, isGranted: true }), text })
})

const unknownCode = (code: string) =>
  usageError([
    {
      field: "code",
      message: `${code} is not a request that waits for your approval: it was answered, sent, or asked for more than an hour ago; a chat that has its own KLINGKIT_HOME or KLINGKIT_DATABASE_URL needs the same one set here`
    }
  ])

export const approve = Command.make(
  "approve",
  {
    code: Argument.String("code").pipe(
      Argument.withDescription("as the chat says it, such as K7QF-2M9D; without one, what waits is listed"),
      Argument.optional
    )
  },
  ({ code }) =>
    Option.match(code, { onNone: () => listOpen, onSome: answer }).pipe(
      Effect.provide(UserApprovals.layerLocal.pipe(Layer.provide(ledgerFromConfig)))
    )
).pipe(
  Command.withDescription("Approve, or decline, a paid request for which a chat needs your approval"),
  Command.withExamples([
    { command: "klingkit approve", description: "What waits for you" },
    { command: "klingkit approve K7QF-2M9D", description: "Shows the price and asks" }
  ])
)
