import type { Comment, Expression, VisitorObject } from "oxc-parser"
import { Visitor } from "oxc-parser"
import { mayImport } from "./borders.ts"
import type { SourceFile } from "./source-file.ts"
import { syntaxOf } from "./syntax.ts"

/** A place in a file that a rule objects to. */
interface Place {
  readonly start: number
}

type Found = (place: Place) => void

/** One thing that the code of some rooms never does. */
interface Habit {
  readonly name: string
  readonly instead: string
  readonly appliesTo: (file: SourceFile) => boolean
  readonly visit?: (found: Found) => VisitorObject
  readonly comment?: (comment: Comment) => boolean
}

const isName = (node: { type: string }, ...names: ReadonlyArray<string>): boolean =>
  node.type === "Identifier" && names.includes((node as { name?: string }).name ?? "")

/** `it.effect.only` -> `it`. */
const rootOf = (node: Expression): Expression => (node.type === "MemberExpression" ? rootOf(node.object) : node)

const isPackage = (file: SourceFile): boolean => file.room.startsWith("packages/")
const isShipped = (file: SourceFile): boolean => !file.isTest
const everywhere = (): boolean => true

/** Member access such as `Date.now`, wherever it stands. */
const member =
  (objects: ReadonlyArray<string>, property?: RegExp) =>
  (found: Found): VisitorObject => ({
    MemberExpression: (node) => {
      const name = node.property.type === "Identifier" ? node.property.name : ""
      if (isName(node.object, ...objects) && (property === undefined || property.test(name))) found(node)
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
    visit: (found) => ({
      TSAsExpression: (node) => node.typeAnnotation.type === "TSAnyKeyword" && found(node),
      TSTypeAssertion: (node) => node.typeAnnotation.type === "TSAnyKeyword" && found(node)
    })
  },
  {
    name: "silenced compiler",
    instead: "mend the type",
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
    instead: "mend or delete the test",
    appliesTo: (file) => file.isTest,
    visit: (found) => ({
      MemberExpression: (node) => {
        const name = node.property.type === "Identifier" ? node.property.name : ""
        if (/^(only|skip|todo)$/.test(name) && isName(rootOf(node), "it", "test", "describe")) found(node)
      }
    })
  },
  {
    name: "wall clock",
    instead: "take Clock or DateTime, so that tests can turn it",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: (found) => ({
      ...member(["Date"], /^now$/)(found),
      NewExpression: (node) => isName(node.callee, "Date") && node.arguments.length === 0 && found(node)
    })
  },
  {
    name: "bare timer",
    instead: "take Effect.sleep or a Schedule",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: (found) => ({
      CallExpression: (node) => isName(node.callee, "setTimeout", "setInterval", "setImmediate") && found(node)
    })
  },
  {
    name: "bare dice",
    instead: "take Random, so that a seed repeats the run",
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
    instead: "take the service that an app provides",
    appliesTo: (file) => isPackage(file) && isShipped(file) && !mayImport(file, "node:process"),
    visit: member(["process", "Buffer", "__dirname", "__filename"])
  }
]

/** Where a habit may be broken, and why. An entry that is no longer needed fails the test. */
export const allowances: ReadonlyArray<{ readonly habit: string; readonly path: string; readonly reason: string }> = [
  {
    habit: "bare timer",
    path: "packages/mcp/board/board.ts",
    reason: "a page in a browser, where Effect would not fit"
  },
  { habit: "bare timer", path: "packages/mcp/board/poll.ts", reason: "a page in a browser, where Effect would not fit" }
]

/** Everything in one file that the habits object to, allowed or not. */
export const habitProblems = (file: SourceFile): ReadonlyArray<{ habit: string; path: string; text: string }> => {
  const { program, comments, lineAt } = syntaxOf(file)
  return habits
    .filter((habit) => habit.appliesTo(file))
    .flatMap(({ name, instead, visit, comment }) => {
      const places: Array<Place> = comments.filter((one) => comment?.(one) ?? false)
      if (visit !== undefined) new Visitor(visit((place) => places.push(place))).visit(program)
      const text = (place: Place) => `${file.path}:${lineAt(place.start)}: ${name}; ${instead}`
      return places.map((place) => ({ habit: name, path: file.path, text: text(place) }))
    })
}
