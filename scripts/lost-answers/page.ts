import { cases } from "./cases.ts"
import type { Cell, Row } from "./measure.ts"

/** A client that could not be run, and why; it has no result. */
export interface NotRun {
  readonly name: string
  readonly version: string
  readonly reason: string
}

/** The table row of one client. */
export const rowLine = ({ name, version, cells }: Row): string =>
  line([name, version, ...cases.map(({ id }) => cellText(cells[id])), idText(Object.values(cells))])

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const cellText = ({ commits, creates, ended }: Cell): string => {
  const sent = creates === commits ? "" : ` (${creates} sent)`
  return `${commits === 1 || commits === 0 ? commits : `**${commits}**`}${sent}, ${ended}`
}

/** The id in the create requests, and whether the creates of one call share it. */
const idText = (cells: ReadonlyArray<Cell>): string => {
  const names = new Set(cells.flatMap(({ ids }) => ids.map((id) => id.split(":")[0] ?? "")))
  if ([...names].every((name) => name === "")) return "none"
  const text = [...names].map((name) => (name === "" ? "none" : `\`${name}\``)).join(" or ")
  const repeated = cells.filter(({ ids }) => ids.length > 1)
  if (repeated.length === 0) return text
  return `${text}, ${repeated.every(({ ids }) => new Set(ids).size === 1) ? "the same" : "another"} on each try`
}

/** The section between the markers of `docs/lost-answers.md`. */
export const measuredSection = (
  rows: ReadonlyArray<Row>,
  notRun: ReadonlyArray<NotRun>,
  date: string,
  nodeVersion: string
): string =>
  [
    `Measured on ${date} with Node ${nodeVersion}.`,
    "",
    line(["client", "version", ...cases.map(({ title }) => title), "id sent with the create"]),
    line(Array.from({ length: cases.length + 3 }, () => "---")),
    ...rows.map(rowLine),
    ...notRun.map(({ name, version, reason }) => line([name, version, ...cases.map(() => "not run"), reason])),
    "",
    ...cases.map(({ title, meaning }) => `- **${title}**: ${meaning}.`)
  ].join("\n")

const begin = "<!-- measured: begin -->\n"
const end = "\n<!-- measured: end -->"

/** `page` with a new measured section; throws if the markers are missing. */
export const withMeasuredSection = (page: string, section: string): string => {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error("the page has no markers")
  return page.slice(0, from + begin.length) + section + page.slice(to)
}
