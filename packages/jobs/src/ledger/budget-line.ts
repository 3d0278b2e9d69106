import type { LedgerDatabase } from "./database.ts"
import { storable } from "./storable-text.ts"

/** The levels on which people's spending is limited, from the widest to the narrowest. */
export const budgetLevels = ["organization", "project", "person", "key"] as const
export type BudgetLevel = (typeof budgetLevels)[number]

/**
 * For whom a request is paid, as far as that is known. It is recorded with the request and never changes. None of them: paid
 * from elsewhere, and counted by no budget and no report.
 */
export type BudgetLine = Readonly<Partial<Record<BudgetLevel, string>>>

const columnNames = {
  organization: "organization",
  project: "project",
  person: "person",
  key: "access_key"
} as const satisfies Record<BudgetLevel, string>

/** The line as columns of a job or pipeline. */
export const lineColumns = (line: BudgetLine): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    budgetLevels.map((level) => {
      const name = line[level]
      return [columnNames[level], name === undefined ? null : storable(name)]
    })
  )

/** The line of a row that has these columns. */
export const lineOfRow = (row: Readonly<Record<string, unknown>>): BudgetLine =>
  Object.fromEntries(
    budgetLevels.flatMap((level) => {
      const name = row[columnNames[level]]
      return typeof name === "string" ? [[level, name]] : []
    })
  )

export const levelColumn = ({ sql }: LedgerDatabase["Service"], level: BudgetLevel) => sql`${sql(columnNames[level])}`

export const allLevelColumns = ({ sql }: LedgerDatabase["Service"]) =>
  sql.csv(budgetLevels.map((level) => sql`${sql(columnNames[level])}`))

/** Rows with a line. */
export const hasLine = (database: LedgerDatabase["Service"]) =>
  database.sql.or(budgetLevels.map((level) => database.sql`${levelColumn(database, level)} IS NOT NULL`))
