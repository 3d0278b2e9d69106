import { type KlingCode, klingCodes } from "@klingkit/core"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"

const columns: ReadonlyArray<Column<KlingCode>> = [
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
    yield* output.answer({ json: klingCodes, text: table(klingCodes, columns, output.stdoutIsTerminal) })
  })
).pipe(
  Command.withDescription("List Kling's error codes and how klingkit handles them"),
  Command.withExamples([
    { command: "klingkit api errors" },
    { command: "klingkit api errors --json | jq '.[] | select(.retry == \"never\")'" }
  ])
)
