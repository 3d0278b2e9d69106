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

/** The rooms that no face may speak for: their errors carry data. */
const isBelowFaces = (file: SourceFile): boolean =>
  isShipped(file) && /^packages\/(core|jobs|media)$/.test(file.room) && !file.path.includes("/testing/")

/** Each string, and each part of a template. */
const texts =
  (pattern: RegExp) =>
  (report: Report): VisitorObject => ({
    Literal: (node) => typeof node.value === "string" && pattern.test(node.value) && report(node),
    TemplateElement: (node) => pattern.test(node.value.raw) && report(node)
  })

const command =
  /\bat a shell\b|(^|[\s(])--[a-z]|\bwith: |\b(task|pipeline|chain|batch) (get|wait|download|resume|run)\b/

const variable = /KLING(AI|KIT)_[A-Z]/

const rawMarkup = /^(dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|srcdoc|DOMParser)$/

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
    name: "global crypto",
    instead: "use effect/crypto, whose source of randomness tests replace",
    appliesTo: isShipped,
    visit: member(["crypto"])
  },
  {
    name: "raw markup",
    instead: "let the view make text nodes: text from elsewhere must never be parsed",
    appliesTo: (file) => isPackage(file) && isShipped(file),
    visit: (report) => ({
      Identifier: (node) => rawMarkup.test(node.name) && report(node),
      JSXAttribute: (node) => node.name.type === "JSXIdentifier" && rawMarkup.test(node.name.name) && report(node),
      Literal: (node) => typeof node.value === "string" && rawMarkup.test(node.value) && report(node)
    })
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
  },
  {
    name: "advice as a command",
    instead: "return a NextStep; each face puts it in its own words",
    appliesTo: isBelowFaces,
    visit: texts(command)
  },
  {
    name: "variable in a text or in data",
    instead: "name the Setting; each face names it in its own words",
    appliesTo: (file) => isBelowFaces(file) && file.path !== "packages/core/src/errors/setting.ts",
    visit: (report) => ({
      Property: ({ value }) =>
        value.type === "Literal" && typeof value.value === "string" && variable.test(value.value) && report(value),
      ...texts(/KLING(AI|KIT)_[A-Z_]+(?![A-Z_])[^]|[^]KLING(AI|KIT)_[A-Z]/)(report)
    })
  },
  {
    name: "sentence taken apart",
    instead: "read the error's data",
    appliesTo: (file) => isShipped(file) && /^(apps\/|packages\/(tools|mcp)$)/.test(file.room),
    visit: (report) => ({
      CallExpression: ({ callee, arguments: [first] }) => {
        if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return
        const { name } = callee.property
        const isSplit = /^(replace|replaceAll|match|matchAll|split|startsWith|includes)$/.test(name)
        const subject = isSplit ? callee.object : name === "test" || name === "exec" ? first : undefined
        if (subject !== undefined && isSentence(subject)) report(callee)
      }
    })
  }
]

/** `message`, `error.suggestion`. */
const isSentence = (node: { readonly type: string }): boolean => {
  const named =
    node.type === "MemberExpression" ? (node as unknown as { readonly property: typeof node }).property : node
  return isName(named, "message", "suggestion")
}

/** Where a habit may be broken, and why. An entry that is no longer needed fails the test. */
export const allowances: ReadonlyArray<{ readonly habit: string; readonly path: string; readonly reason: string }> = [
  {
    habit: "bare timer",
    path: "packages/mcp/board/board.tsx",
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
