import { Budgets, exactUsd, isBudgetName } from "@klingkit/hosting"
import { type BudgetState, organizationName } from "@klingkit/jobs"
import { type BudgetLevel, budgetLevels, type BudgetPeriod, budgetPeriods } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import { type Command, done, failed, type Refusal } from "./command.ts"

const forms =
  "budgets takes set LEVEL NAME USD --per day|month|total, remove LEVEL NAME, or list; LEVEL is organization (NAME may be left out), project, person or key"

/** Sets, removes and shows what people may spend. */
export const budgets: Command = {
  flags: ["per"],
  read: ([verb, level, ...rest], flags) => {
    if (verb === "list" && level === undefined && flags["per"] === undefined) return withBudgets(list)
    const known = budgetLevels.find((one) => one === level)
    if ((verb !== "set" && verb !== "remove") || known === undefined) return { refused: forms }
    const period = budgetPeriods.find((one) => one === flags["per"])
    if (period === undefined && (verb === "set" || flags["per"] !== undefined)) {
      return { refused: `--per must be ${budgetPeriods.join(", ")}` }
    }
    const amount = verb === "set" ? rest.at(-1) : undefined
    const names = verb === "set" ? rest.slice(0, -1) : rest
    if (names.length > 1 || (names.length === 0 && known !== "organization")) return { refused: forms }
    const [name] = names
    if (name !== undefined && !isBudgetName(name)) return { refused: `${JSON.stringify(name)} cannot name a ${known}` }
    if (verb === "remove" || period === undefined) return withBudgets(remove(known, name, period))
    const usd = readUsd(amount)
    return typeof usd === "number" ? withBudgets(set(known, name, period, usd)) : usd
  }
}

/** Exact to a millionth of a dollar. */
const readUsd = (amount = ""): number | Refusal =>
  /^\d{1,9}(\.\d{1,6})?$/.test(amount)
    ? Number(amount)
    : { refused: `${JSON.stringify(amount)} is not an amount in USD such as 20 or 2.50` }

const withBudgets = Effect.provide(Budgets.layer)

/** The organization of this server, where none is named. */
const named = (name: string | undefined) => (name === undefined ? Effect.orDie(organizationName) : Effect.succeed(name))

const set = Effect.fnUntraced(function* (
  level: BudgetLevel,
  given: string | undefined,
  period: BudgetPeriod,
  limitUsd: number
) {
  const name = yield* named(given)
  yield* Budgets.use((known) => known.set({ level, name, period, limitUsd }))
  return done("", `The budget of ${level} ${name} is set, on all servers of this ledger.\n`)
})

const remove = Effect.fnUntraced(function* (
  level: BudgetLevel,
  given: string | undefined,
  period: BudgetPeriod | undefined
) {
  const name = yield* named(given)
  return (yield* Budgets.use((known) => known.remove(level, name, period))) > 0
    ? done("", `The budget of ${level} ${name} is removed.\n`)
    : failed(`${level} ${name} has no such budget; budgets list shows all`)
})

const columns: ReadonlyArray<readonly [string, (budget: BudgetState) => string]> = [
  ["level", ({ level }) => level],
  ["name", ({ name }) => name],
  ["per", ({ period }) => period],
  ["limit", ({ limitUsd }) => exactUsd(limitUsd)],
  ["charged", ({ chargedUsd }) => exactUsd(chargedUsd)],
  ["reserved", ({ reservedUsd }) => exactUsd(reservedUsd)],
  ["unknown", ({ unknownUsd }) => exactUsd(unknownUsd)],
  ["left", ({ leftUsd }) => exactUsd(leftUsd)],
  ["resets", ({ resetsOn = "" }) => resetsOn]
]

const list = Effect.gen(function* () {
  const all = yield* Budgets.use((known) => known.list)
  if (all.length === 0) return done("", "No budgets yet: klingkit-mcp-http budgets set person anna 20 --per day\n")
  const rows = [columns.map(([title]) => title), ...all.map((budget) => columns.map(([, cell]) => cell(budget)))]
  return done(rows.map((cells) => `${cells.join("\t")}\n`).join(""))
})
