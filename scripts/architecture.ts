import { readFileSync } from "node:fs"
import { jobStates, type JobState, isLastState, maxSends } from "../packages/jobs/src/ledger/job-state.ts"
import { borders } from "../tests/house/borders.ts"

const page = new URL("../docs/architecture.md", import.meta.url)

/** `docs/architecture.md` with its diagrams drawn from the code; the text around them is written by hand. */
export const architecturePage = (): string =>
  withSection(withSection(readFileSync(page, "utf8"), "rooms", roomsDiagram()), "states", statesDiagram())

const withSection = (text: string, name: string, diagram: ReadonlyArray<string>): string => {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/architecture.md has no markers for ${name}`)
  return `${text.slice(0, from)}${start}\n\`\`\`mermaid\n${diagram.join("\n")}\n\`\`\`\n${text.slice(to)}`
}

const rooms = Object.keys(borders).filter((room) => room !== "tests")

const entryOf = (room: string): string => room.replace("packages/", "@klingkit/")

const importsOf = (room: string): ReadonlyArray<string> =>
  rooms.filter((other) => Object.hasOwn(borders[room] ?? {}, entryOf(other)))

const reaches = (from: string, to: string): boolean => importsOf(from).some((room) => room === to || reaches(room, to))

/** An arrow that others imply is left out. */
const roomsDiagram = (): ReadonlyArray<string> => [
  "flowchart TD",
  ...rooms.map((room) => `  ${idOf(room)}["${room}"]`),
  ...rooms.flatMap((room) => {
    const imports = importsOf(room)
    const direct = imports.filter((to) => !imports.some((via) => via !== to && reaches(via, to)))
    return direct.map((to) => `  ${idOf(room)} --> ${idOf(to)}`)
  })
]

const idOf = (room: string): string => room.replace("/", "-")

const statesDiagram = (): ReadonlyArray<string> => [
  "stateDiagram-v2",
  "  [*] --> INTENT",
  ...jobStates.flatMap((from) =>
    jobStates.flatMap((to) => {
      const sends = maxSends(from, to)
      return sends === undefined ? [] : [`  ${from} --> ${to}${sends === 1 ? ": after one send at most" : ""}`]
    })
  ),
  ...jobStates.filter((state: JobState) => isLastState(state)).map((state) => `  ${state} --> [*]`)
]
