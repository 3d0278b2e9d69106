import { Kling, operations } from "@klingkit/core"
import { invalidInput, packLagHours } from "@klingkit/core/internal"
import { Account } from "@klingkit/jobs"
import { Clock, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../connection.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"
import { idArgument } from "./task/id-argument.ts"

const dayMillis = 86_400_000

const date = (name: string, about: string) =>
  Flag.String(name).pipe(Flag.withMetavar("date"), Flag.withDescription(about), Flag.optional)

const parseDate = (flag: string, value: Option.Option<string>, fallback: number) => {
  const millis = Option.match(value, { onNone: () => fallback, onSome: (text) => Date.parse(text) })
  return Number.isNaN(millis)
    ? Effect.fail(invalidInput([{ field: flag, message: "must be a date such as 2026-09-01" }]))
    : Effect.succeed(millis)
}

const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

const costsOperation = operations["account.costs"]

const readPacks = Effect.fnUntraced(function* (startTime: number, endTime: number, pack: Option.Option<string>) {
  const kling = yield* Kling
  const { resource_pack_subscribe_infos: infos = [] } = yield* kling.call(costsOperation, {
    startTime,
    endTime,
    ...(Option.isSome(pack) ? { resourcePackName: pack.value } : {})
  })
  return infos.map((info) => ({
    name: info.resource_pack_name,
    id: info.resource_pack_id,
    type: info.resource_pack_type,
    status: info.status,
    totalUnits: info.total_quantity,
    remainingUnits: info.remaining_quantity,
    purchasedAt: isoTime(info.purchase_time),
    validFrom: isoTime(info.effective_time),
    validUntil: isoTime(info.invalid_time)
  }))
})

type PackView = Effect.Success<ReturnType<typeof readPacks>>[number]

const columns: ReadonlyArray<Column<PackView>> = [
  { title: "pack", value: ({ name }) => name },
  { title: "status", value: ({ status }) => status },
  { title: "left", value: ({ remainingUnits }) => String(remainingUnits) },
  { title: "of", value: ({ totalUnits }) => String(totalUnits) },
  { title: "until", value: ({ validUntil }) => validUntil?.slice(0, 10) }
]

const costs = Command.make(
  "costs",
  {
    from: date("from", "packs bought on or after; default one year ago"),
    to: date("to", "packs bought up to; default now"),
    pack: Flag.String("pack").pipe(Flag.withMetavar("name"), Flag.withDescription("only this pack"), Flag.optional)
  },
  Effect.fnUntraced(function* ({ from, to, pack }) {
    const output = yield* Output
    const now = yield* Clock.currentTimeMillis
    const start = yield* parseDate("--from", from, now - 365 * dayMillis)
    const packs = yield* readPacks(start, yield* parseDate("--to", to, now), pack).pipe(Effect.provide(connection))
    yield* output.say(`Kling updates these figures with up to ${packLagHours} hours of delay.`)
    yield* output.answer({ json: packs, text: table(packs, columns, output.stdoutIsTerminal) })
  })
).pipe(
  Command.withDescription("Show resource packs and their remaining units"),
  Command.withExamples([
    { command: "klingkit account costs" },
    { command: "klingkit account costs --from 2026-01-01 --json" }
  ])
)

const name = Command.make(
  "name",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("any name; equal names are one account"),
      Argument.filter(
        (value) => value.trim() !== "" && value.length <= 100,
        () => "must be a name of at most 100 characters"
      )
    ),
    job: Flag.String("job").pipe(
      Flag.withMetavar("handle"),
      Flag.withDescription("name the account that paid for this job, not that of the present key"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ name: given, job }) {
    yield* Account.use((account) => account.name(given, Option.getOrUndefined(job)))
    const output = yield* Output
    const whose = Option.match(job, { onNone: () => "of this key", onSome: (handle) => `that paid for ${handle}` })
    const json = { name: given.trim(), ...(Option.isSome(job) ? { job: job.value } : {}) }
    yield* output.answer({ json, text: `The account ${whose} is named ${given.trim()}.` })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Name the account of this key; keys whose accounts have the same name share their jobs"),
  Command.withExamples([
    { command: "klingkit account name studio" },
    { command: "klingkit account name client --job kk-t2v-0123456789abcdefghjkmnpqrs" }
  ])
)

const link = Command.make(
  "link",
  { job: idArgument },
  Effect.fnUntraced(function* ({ job }) {
    yield* Account.use((account) => account.link(job))
    const text = `This key is of the account that paid for ${job}: what that account has paid for is not paid again.`
    yield* (yield* Output).answer({ json: { job }, text })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Say that this key is of the account that paid for a job, such as after a key was rotated"),
  Command.withExamples([{ command: "klingkit account link kk-t2v-0123456789abcdefghjkmnpqrs" }])
)

export const account = Command.make("account").pipe(
  Command.withDescription("Show packs and usage, and say which keys are of one account"),
  Command.withExamples([{ command: "klingkit account costs" }]),
  Command.withSubcommands([costs, name, link])
)
