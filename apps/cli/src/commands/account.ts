import { Kling, operations } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { Clock, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { connection } from "../connection.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"

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
    yield* output.say("Kling updates these figures with up to 12 hours of delay.")
    yield* output.answer({ json: packs, text: table(packs, columns, output.stdoutIsTerminal) })
  })
).pipe(
  Command.withDescription("Show resource packs and their remaining units"),
  Command.withExamples([
    { command: "klingkit account costs" },
    { command: "klingkit account costs --from 2026-01-01 --json" }
  ])
)

export const account = Command.make("account").pipe(
  Command.withDescription("Show packs and usage"),
  Command.withExamples([{ command: "klingkit account costs" }]),
  Command.withSubcommands([costs])
)
