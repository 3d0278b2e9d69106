import { chargeText, resultRetentionDays } from "@klingkit/core/internal"
import { type Job, Jobs } from "@klingkit/jobs"
import { Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"
import { taskView } from "../../output/task-view.ts"
import { fromLedger, ledgerColumns, ledgerFlags, ledgerView, type Status } from "./ledger-list.ts"

const columns: ReadonlyArray<Column<Job>> = [
  { title: "task", value: ({ handle }) => handle },
  { title: "status", value: ({ task }) => task.status },
  {
    title: "created",
    value: ({ task }) =>
      task.createdAt === undefined ? undefined : new Date(task.createdAt).toISOString().slice(0, 19)
  },
  { title: "results", value: ({ task }) => resultsOf(task.outputs.map(({ type }) => type)) },
  {
    title: "charged",
    value: ({ task, record }) => task.charges.map((charge) => chargeText(charge, record?.quote)).join(", ")
  },
  { title: "message", value: ({ task }) => task.message }
]

/** `2 images`, `1 video, 2 audio`. */
const resultsOf = (types: ReadonlyArray<string>): string =>
  [...new Set(types)]
    .map((type) => {
      const count = types.filter((other) => other === type).length
      return `${count} ${type}${count === 1 || type === "audio" ? "" : "s"}`
    })
    .join(", ")

const flags = {
  status: Flag.Literals("status", ["submitted", "processing", "succeed", "failed"]).pipe(
    Flag.withDescription("filter by status"),
    Flag.optional
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withMetavar("count"),
    Flag.withDescription("list at most this many, newest first; default 20"),
    Flag.filter(
      (count) => count >= 1 && count <= 10_000,
      () => "must be 1 to 10000"
    ),
    Flag.withDefault(20)
  ),
  ...ledgerFlags
}

export const list = Command.make(
  "list",
  flags,
  Effect.fnUntraced(function* ({ status, limit, ...ledgerFilter }) {
    const output = yield* Output
    const readsLedger = Object.values(ledgerFilter).some(Option.isSome)
    const found = readsLedger
      ? yield* fromLedger(Option.getOrUndefined(status), limit, ledgerFilter)
      : yield* fromKling(Option.getOrUndefined(status), limit)
    yield* output.answer({
      json: found.map((job) => (readsLedger ? ledgerView(job) : taskView(job))),
      text: table(found, readsLedger ? [...columns, ...ledgerColumns] : columns, output.stdoutIsTerminal)
    })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription(
    `List recent tasks: Kling's last ${resultRetentionDays} days, newest first; with a ledger filter, jobs of the ledger`
  ),
  Command.withExamples([
    { command: "klingkit task list --status processing" },
    { command: "klingkit task list --limit 100 --json" },
    { command: "klingkit task list --search lighthouse --since 7d", description: "Search prompts in the ledger" }
  ])
)

const fromKling = Effect.fnUntraced(function* (status: Status | undefined, limit: number) {
  const jobs = yield* Jobs
  return yield* jobs
    .list({ pageSize: Math.min(limit, 500), ...(status === undefined ? {} : { status }) })
    .pipe(Stream.take(limit), Stream.runCollect)
})
