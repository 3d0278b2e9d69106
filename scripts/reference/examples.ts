import type { AnyOperation } from "@klingkit/core"
import { commandLine, shellQuote, toolCall } from "../request-forms.ts"
import { fenced, page } from "./markdown.ts"
import { type PlannedRequest, requestOf } from "./requests.ts"

/** An operation's example for the shell, for a program and, if a request leads to it, for its command and its tool. */
export const exampleForms = (operation: AnyOperation): string => {
  const planned = requestOf(operation)
  const tool = planned === undefined ? undefined : toolCall(planned.request, planned.input)
  const commands = [planned === undefined ? undefined : createCommand(planned), apiCommand(operation)]
  return page(
    "At a shell:",
    fenced("sh", commands.filter((command) => command !== undefined).join("\n\n")),
    "In a program:",
    fenced("ts", program(operation)),
    ...(tool === undefined ? [] : ["As a tool:", fenced("json", JSON.stringify(tool, undefined, 2))])
  ).trimEnd()
}

const apiCommand = ({ id, example }: AnyOperation): string =>
  Object.keys(example).length === 0
    ? `klingkit api call ${id}`
    : `klingkit api call ${id} --input ${shellQuote(JSON.stringify(example))}`

const createCommand = ({ request, input, credential }: PlannedRequest): string => {
  const command = commandLine(request, input)
  return credential === "key-pair" ? `# with an access/secret key pair\n${command}` : command
}

const program = ({ id, kind, example }: AnyOperation): string => {
  const [start, rest] =
    kind === "create"
      ? ["const { handle } = await kling.submit", ["const task = await kling.wait(handle)"]]
      : ["const answer = await kling.call", []]
  const open = `${start}("${id}", `
  return [
    `import { createKling } from "@klingkit/core"`,
    "",
    "await using kling = createKling()",
    `${open}${literal(example, "", open.length + 1)})`,
    ...rest
  ].join("\n")
}

const lineWidth = 100

/** A value as TypeScript, on one line if it fits after `column` characters. */
const literal = (value: unknown, indent: string, column: number): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  const [open, close, space] = Array.isArray(value) ? ["[", "]", ""] : ["{", "}", " "]
  const entries = Object.entries(value).map(([key, item]) => {
    const start = Array.isArray(value) ? "" : `${key}: `
    return start + literal(item, deeper, deeper.length + start.length)
  })
  if (entries.length === 0) return open + close
  const short = `${open}${space}${entries.join(", ")}${space}${close}`
  return column + short.length <= lineWidth && !short.includes("\n")
    ? short
    : `${open}\n${entries.map((entry) => deeper + entry).join(",\n")}\n${indent}${close}`
}
