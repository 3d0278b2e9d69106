import { Predicate } from "effect"
import type { AppliedFaults } from "./fault-injector.ts"

export type Fields = Readonly<Record<string, unknown>>
/** Changes one task of an answer. */
export type Distort = (task: Fields) => Fields

/** What makes a link to a result one that has expired. */
export const expiredLink = "expired"

/** Tasks whose results, their number, their links or their bill are not in yet. */
export const distortResults = (faults: AppliedFaults): ReadonlyArray<Distort> => {
  const partial = faults.find("partial-results")
  return [
    ...(faults.find("early-success") === undefined ? [] : [withoutResults]),
    ...(partial === undefined ? [] : [firstResults(partial.results ?? 1)]),
    ...(faults.find("late-bill") === undefined ? [] : [withoutBill]),
    ...(faults.find("dead-links") === undefined ? [] : [withDeadLinks])
  ]
}

const withoutBill: Distort = ({ final_unit_deduction: _units, final_balance_deduction: _balance, ...task }) =>
  replaced(task, "billing", () => [])

const withoutResults: Distort = (task) => {
  const status = replaced(
    replaced(task, "status", () => "succeeded"),
    "task_status",
    () => "succeed"
  )
  return firstResults(0)(withoutBill(status))
}

/** Of either generation: a list, or a list by kind of result. */
const firstResults = (count: number): Distort => {
  const first = (results: unknown) => (Array.isArray(results) ? results.slice(0, count) : results)
  return (task) =>
    replaced(replaced(task, "outputs", first), "task_result", (lists) =>
      Predicate.isObject(lists) ? mapFields(lists, first) : lists
    )
}

const withDeadLinks: Distort = (task) => replaced(replaced(task, "outputs", deadLinks), "task_result", deadLinks)

const deadLinks = (value: unknown): unknown => {
  if (typeof value === "string") return /^https?:/.test(value) ? `${value}?${expiredLink}=1` : value
  if (Array.isArray(value)) return value.map(deadLinks)
  return Predicate.isObject(value) ? mapFields(value, deadLinks) : value
}

export const replaced = (task: Fields, field: string, change: (value: unknown) => unknown): Fields =>
  field in task ? { ...task, [field]: change(task[field]) } : task

export const mapFields = (fields: object, change: (value: unknown, field: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, change(value, field)]))
