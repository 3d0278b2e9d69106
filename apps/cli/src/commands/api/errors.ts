import { type KlingCode, klingCodes } from "@klingkit/core"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { nextStepText } from "../../output/next-step.ts"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"

/** A code with what to do about it as text. */
interface CodeView extends KlingCode {
  readonly advice: string
}

const views = klingCodes.map((entry): CodeView => ({ ...entry, advice: nextStepText(entry.next) }))

const columns: ReadonlyArray<Column<CodeView>> = [
  { title: "code", value: ({ code }) => String(code) },
  { title: "http", value: ({ httpStatus }) => String(httpStatus) },
  { title: "name", value: ({ name }) => name },
  { title: "retry", value: ({ retry }) => retry },
  { title: "meaning", value: ({ meaning }) => meaning },
  { title: "advice", value: ({ advice }) => advice }
]

export const errors = Command.make(
  "errors",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    yield* output.answer({ json: views, text: table(views, columns, output.stdoutIsTerminal) })
  })
).pipe(
  Command.withDescription("List Kling's error codes and how klingkit handles them"),
  Command.withExamples([
    { command: "klingkit api errors" },
    { command: "klingkit api errors --json | jq '.[] | select(.retry == \"never\")'" }
  ])
)
