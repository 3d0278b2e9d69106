import type { Comment, Expression, VisitorObject } from "oxc-parser"
import { Visitor } from "oxc-parser"
import { mayImport } from "./borders.ts"
import type { SourceFile } from "./source-file.ts"
import { syntaxOf } from "./syntax.ts"

/** A syntax node or comment that breaks a habit. */
interface Location {
  readonly start: number
}

type Report = (location: Location) => void

/** One thing that the code of some rooms must not do. */
interface Habit {
  readonly name: string
  readonly instead: string
  readonly appliesTo: (file: SourceFile) => boolean
  readonly visit?: (report: Report) => VisitorObject
  readonly comment?: (comment: Comment) => boolean
}

const isName = (node: { type: string }, ...names: ReadonlyArray<string>): boolean =>
  node.type === "Identifier" && names.includes((node as { name?: string }).name ?? "")

/** `it.effect.only` -> `it`. */
const rootOf = (node: Expression): Expression => (node.type === "MemberExpression" ? rootOf(node.object) : node)

const isPackage = (file: SourceFile): boolean => file.room.startsWith("packages/")
const isShipped = (file: SourceFile): boolean => !file.isTest
const everywhere = (): boolean => true

/** Member access such as `Date.now`. */
const member =
  (objects: ReadonlyArray<string>, property?: RegExp) =>
  (report: Report): VisitorObject => ({
    MemberExpression: (node) => {
      const name = node.property.type === "Identifier" ? node.property.name : ""
      if (isName(node.object, ...objects) && (property === undefined || property.test(name))) report(node)
    }
  })

export const habits: ReadonlyArray<Habit> = [
  {
    name: "console",
    instead: "log through Effect: stdout belongs to the protocol",
    appliesTo: (file) => isShipped(file) && (isPackage(file) || file.room.startsWith("apps/mcp-")),
    visit: member(["console"])
  },
  {
    name: "as any",
    instead: "name the type, or decode",
    appliesTo: everywhere,
    visit: (report) => ({
      TSAsExpression: (node) => node.typeAnnotation.type === "TSAnyKeyword" && report(node),
      TSTypeAssertion: (node) => node.typeAnnotation.type === "TSAnyKeyword" && report(node)
    })
  },
  {
    name: "silenced compiler",
    instead: "fix the type",
    appliesTo: everywhere,
    comment: ({ value }) => /^[\s*]*@ts-(ignore|nocheck)/.test(value)
  },
  {
    name: "left for later",
    instead: "do it now or open an issue",
    appliesTo: everywhere,
    comment: ({ value }) => /\b(TODO|FIXME|XXX)\b/.test(value)
  },
  {
    name: "test left out",
    instead: "fix or delete the test",
    appliesTo: (file) => file.isTest,
    visit: (report) => ({
      MemberExpression: (node) => {
        const name = node.property.type === "Identifier" ? node.property.name : ""
        if (/^(only|skip|todo)$/.test(name) && isName(rootOf(node), "it", "test", "describe")) report(node)
      }
    })
  },
  {
    name: "wall clock",
    instead: "use Clock or DateTime, so that tests control it",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: (report) => ({
      ...member(["Date"], /^now$/)(report),
      NewExpression: (node) => isName(node.callee, "Date") && node.arguments.length === 0 && report(node)
    })
  },
  {
    name: "bare timer",
    instead: "use Effect.sleep or a Schedule",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: (report) => ({
      CallExpression: (node) => isName(node.callee, "setTimeout", "setInterval", "setImmediate") && report(node)
    })
  },
  {
    name: "bare dice",
    instead: "use Random, so that a seed reproduces the run",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: member(["Math"], /^random$/)
  },
  {
    name: "runSync",
    instead: "stay inside Effect",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: member(["Effect"], /^runSync/)
  },
  {
    name: "Node's globals",
    instead: "use the service that an app provides",
    appliesTo: (file) => isPackage(file) && isShipped(file) && !mayImport(file, "node:process"),
    visit: member(["process", "Buffer", "__dirname", "__filename"])
  }
]

/** Where a habit may be broken, and why. An entry that is no longer needed fails the test. */
export const allowances: ReadonlyArray<{ readonly habit: string; readonly path: string; readonly reason: string }> = [
  {
    habit: "bare timer",
    path: "packages/mcp/board/board.ts",
    reason: "a page in a browser, where Effect does not run"
  },
  { habit: "bare timer", path: "packages/mcp/board/poll.ts", reason: "a page in a browser, where Effect does not run" }
]

/** All breaches of habits in one file, allowed or not. */
export const habitProblems = (file: SourceFile): ReadonlyArray<{ habit: string; path: string; text: string }> => {
  const { program, comments, lineAt } = syntaxOf(file)
  return habits
    .filter((habit) => habit.appliesTo(file))
    .flatMap(({ name, instead, visit, comment }) => {
      const locations: Array<Location> = comments.filter((candidate) => comment?.(candidate) ?? false)
      if (visit !== undefined) new Visitor(visit((location) => locations.push(location))).visit(program)
      const text = (location: Location) => `${file.path}:${lineAt(location.start)}: ${name}; ${instead}`
      return locations.map((location) => ({ habit: name, path: file.path, text: text(location) }))
    })
}
