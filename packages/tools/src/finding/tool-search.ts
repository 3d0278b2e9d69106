import { catalog } from "@klingkit/core"
import { capabilities, type Capability } from "./capabilities.ts"
import { type Limitation, limitations } from "./limitations.ts"
import type { Tool } from "../tool.ts"
import { type Entry, textSearch } from "./text-search.ts"

type Operation = (typeof catalog)[number]
type Described = Pick<Tool, "name" | "description">

const plain = (name: string): string => name.replaceAll(/[^a-z0-9]+/gi, " ")

/** An operation is found by what the tools say of its family, too. */
const operationEntry = ({ id, path, summary, family }: Operation): Entry => {
  const does = capabilities.filter(({ families = [] }) => families.includes(family))
  return {
    id,
    name: plain(`${id} ${path}`),
    text: [summary, ...does.map((one) => one.does)].join(" "),
    words: does.map(({ words }) => words).join(" ")
  }
}

/** The indexes are made when they are first asked. */
const once = <A>(make: () => A): (() => A) => {
  let made: A | undefined
  return () => (made ??= make())
}

const catalogSearch = once(() => textSearch(catalog.map(operationEntry)))

/** What answers less of a query than this is about something else. */
const leastCoverage = 0.5

/** Kling's operations for some words, best first. */
export const searchOperations = (query: string): ReadonlyArray<Operation> =>
  catalogSearch()(query).flatMap(({ id, coverage }) =>
    coverage < leastCoverage ? [] : (catalog.find((operation) => operation.id === id) ?? [])
  )

export interface Answers {
  /** What tools do of it, best first. */
  readonly capabilities: ReadonlyArray<Capability>
  /** What nothing does of it. */
  readonly limitations: ReadonlyArray<Limitation>
}

/** A limitation has words of its own: it is an answer where one of them counts, whatever else is asked for. */
const leastOfBest = 0.5
/** Beside a limitation, what a tool does must answer more than the words that many have in common. */
const coverageBesideLimitation = 0.75

type Answer = Capability | Limitation

const answersOf = (tools: ReadonlyArray<Described>): ReadonlyArray<Answer> => {
  const known = capabilities.filter(({ tool }) => tools.some(({ name }) => name === tool))
  const others = tools
    .filter(({ name }) => !capabilities.some(({ tool }) => tool === name))
    .map(({ name, description }): Capability => ({ tool: name, does: description, how: "", words: "" }))
  return [...known, ...others, ...limitations]
}

/** Finds what these tools do for a query in a few words, and what none of them does. */
export const toolSearch = (tools: ReadonlyArray<Described>): ((query: string) => Answers) => {
  const answers = answersOf(tools)
  const search = once(() => textSearch(answers.map(entryOf)))
  return (query) => {
    const answered = search()(query).flatMap((found) => {
      const answer = answers[Number(found.id)]
      return answer === undefined ? [] : [{ ...found, answer }]
    })
    const best = answered[0]?.score ?? 0
    const limits = answered.flatMap(({ answer, score }) =>
      "tool" in answer || score < best * leastOfBest ? [] : [answer]
    )
    const least = limits.length > 0 ? coverageBesideLimitation : leastCoverage
    return {
      capabilities: answered.flatMap(({ answer, coverage }) => ("tool" in answer && coverage >= least ? [answer] : [])),
      limitations: limits
    }
  }
}

/** The one of these tools that comes nearest to some words, however far that is. */
export const nearestTool = (tools: ReadonlyArray<Described>, words: string): string | undefined => {
  const answers = answersOf(tools).filter((answer) => "tool" in answer)
  const [best] = textSearch(answers.map(entryOf))(words)
  return answers[Number(best?.id)]?.tool
}

const entryOf = (answer: Answer, index: number): Entry =>
  "tool" in answer
    ? { id: String(index), name: plain(answer.tool), text: answer.does, words: answer.words }
    : { id: String(index), name: "", text: "", words: answer.words }
