import { formatCharges } from "./format.ts"
import type { Task } from "./task.ts"

/** The total cost of the tasks on this page. The charges of a pipeline are those of its steps, and count once. */
export const totalCost = (tasks: ReadonlyArray<Task>): string => {
  const charged = tasks.filter(({ charges = [] }) => charges.length > 0)
  const ids = new Set(charged.map(({ id }) => id))
  const counted = charged.filter(({ partOf }) => partOf === undefined || !ids.has(partOf))
  const sum = formatCharges(counted.flatMap(({ charges = [] }) => charges))
  return sum === "" ? "" : `${sum} for ${counted.length} task${counted.length === 1 ? "" : "s"}`
}
