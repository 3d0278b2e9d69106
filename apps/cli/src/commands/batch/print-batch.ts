import { familyOfHandle, type JobMoney, type Quote } from "@klingkit/core"
import { isPipeline } from "@klingkit/core/requests"
import { totalMoney } from "@klingkit/jobs"
import { Effect } from "effect"
import { exitCode, type ExitCode } from "../../output/exit-code.ts"
import { CommandError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { table } from "../../output/table.ts"
import { quoteText, quoteView } from "../../output/task-view.ts"
import type { LineToRun } from "./find-lines.ts"
import type { Line } from "./plan-line.ts"
import type { LineResult } from "./run-line.ts"

/** Prints what a run would send and pay. Without a ledger to look into, every line counts. */
export const showLines = Effect.fnUntraced(function* (
  lines: ReadonlyArray<LineToRun>,
  quote: Quote,
  notes: ReadonlyArray<string>
) {
  const output = yield* Output
  yield* output.answer({
    json: {
      dryRun: true,
      quote: quoteView(quote),
      lines: lines.map(({ line: { id, plan }, take, found, isPaidNow }) => ({
        id,
        ...(take === 1 ? {} : { take }),
        ...(isPipeline(plan)
          ? {
              steps: plan.steps.map((step) => ({
                id: step.id,
                operation: step.plan.operation.id,
                input: step.plan.input
              }))
            }
          : { operation: plan.operation.id, model: plan.model, input: plan.input }),
        quote: quoteView(plan.quote),
        isPaidNow,
        ...(found === undefined ? {} : { handle: found.handle, status: found.task.status }),
        warnings: plan.warnings
      })),
      ...(notes.length === 0 ? {} : { notes })
    },
    text: [
      ...lines.map((toRun) => `Line ${toRun.line.id}${takeText(toRun)}: ${lineText(toRun)}`),
      ...notes.map((note) => `Note: ${note}`),
      `Quote: ${quoteText(quote)}`,
      "Nothing was sent."
    ].join("\n")
  })
})

const takeText = ({ take }: LineToRun): string => (take === 1 ? "" : `, take ${take}`)

const lineText = ({ line: { plan }, found, isPaidNow }: LineToRun): string =>
  found === undefined || isPaidNow
    ? `${operationsText(plan)}, ${quoteText(plan.quote)}`
    : `${found.task.status === "succeed" ? "already made" : found.task.status}, not charged again: ${found.handle}`

const operationsText = (plan: Line["plan"]): string =>
  isPipeline(plan) ? plan.steps.map((step) => step.plan.operation.id).join(" + ") : plan.operation.id

export const printResults = Effect.fnUntraced(function* (results: ReadonlyArray<LineResult>) {
  const output = yield* Output
  yield* output.answer({
    json: results.map(({ failure, message: _message, isUnanswered: _isUnanswered, money: _money, ...result }) => ({
      ...result,
      ...(failure === undefined
        ? {}
        : { error: { code: failure.code, message: failure.message, charged: failure.charged } })
    })),
    text: table(
      results,
      [
        { title: "line", value: ({ id }) => id },
        { title: "status", value: ({ status }) => status },
        { title: "task", value: ({ handle }) => handle },
        { title: "files", value: ({ files = [] }) => filesText(files) },
        { title: "message", value: ({ failure, message }) => failure?.message ?? message }
      ],
      output.stdoutIsTerminal
    )
  })
})

/** The files of one line share a folder, so one path is enough; a cell with all of them would be truncated. */
const filesText = (files: ReadonlyArray<string>): string | undefined =>
  files.length < 2 ? files[0] : `${files.length} files: ${files[0]} ...`

/** One exit code for all lines: spending first, then failures, then running tasks. */
export const failIfAny = Effect.fnUntraced(function* (results: ReadonlyArray<LineResult>, isAwaited: boolean) {
  const failed = results.filter(({ status }) => status === "failed")
  const running = results.filter(({ status }) => status !== "failed" && status !== "succeed")
  const unfetched = results.filter(({ status, failure }) => status === "succeed" && failure !== undefined)
  const isOverLimit = failed.some(({ failure }) => failure?.exitCode === exitCode.notApproved)
  const code: ExitCode | undefined = isOverLimit
    ? exitCode.notApproved
    : failed.length > 0
      ? exitCode.failed
      : unfetched.length > 0 ||
          running.some(
            ({ handle = "", isUnanswered = false }) => isAwaited || isUnanswered || familyOfHandle(handle) === "chain"
          )
        ? exitCode.stillRunning
        : undefined
  if (code === undefined) return
  const atKling = failed.filter(({ failure }) => failure === undefined)
  const money = totalMoney(results.map(moneyOfLine))
  const retry = atKling.length === 0 ? "" : `; --retry-failed tries lines again whose task failed (${idsText(atKling)})`
  return yield* new CommandError({
    failure: {
      code: code === exitCode.stillRunning ? "CLI_STILL_RUNNING" : "CLI_LINES_FAILED",
      message: `${failed.length} of ${results.length} lines failed, ${running.length} still running${unfetched.length === 0 ? "" : `, ${unfetched.length} not fetched in time`}`,
      suggestion: `${failed.length === 0 ? "" : "fix what the messages name, then "}run the same command again: lines already sent are reused and not charged again${retry}`,
      charged: money.charged,
      money,
      exitCode: code
    }
  })
})

/** Of a line without a job, what its failure says. */
const moneyOfLine = ({ id, handle = id, money, failure }: LineResult): JobMoney => {
  if (money !== undefined) return money
  const charged = failure?.charged ?? "maybe"
  return { handle, isSent: charged !== "no", isEnded: charged === "no", charged }
}

const idsText = (results: ReadonlyArray<LineResult>): string =>
  results
    .slice(0, 5)
    .map(({ id }) => id)
    .join(", ") + (results.length > 5 ? ", ..." : "")
