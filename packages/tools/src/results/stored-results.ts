import type { TaskOutput } from "@klingkit/core"
import type { Job } from "@klingkit/jobs"

/** Results of a task that the server's media store has. */
interface StoredResults {
  /** All results, with the store's links in place of Kling's. */
  readonly outputs: ReadonlyArray<TaskOutput>
  /** None is missing in the store. */
  readonly isWhole: boolean
  /** When the first link ends. */
  readonly until: string
  readonly note: string
}

/** Nothing where the server saves files on its disk, or has stored none of these yet. */
export const storedResults = ({ task, links = [] }: Job): StoredResults | undefined => {
  const [first] = links
  if (first === undefined) return undefined
  const urls = new Map(links.map(({ position, url }) => [position, url]))
  const outputs = task.outputs.map((output, position): TaskOutput => {
    const url = urls.get(position)
    return url === undefined || output.type === "element" ? output : { ...output, url }
  })
  const until = new Date(Math.min(...links.map(({ expiresAt }) => expiresAt))).toISOString()
  return {
    outputs,
    until,
    isWhole: task.outputs.every((output, position) => urls.has(position) || output.type === "element"),
    note: linksNote(until)
  }
}

export const linksNote = (until: string): string => `these links end at ${until}; a later call gives new ones.`
