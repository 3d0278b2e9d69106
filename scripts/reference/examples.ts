import type { AnyOperation, FamilyName } from "@klingkit/core"
import { fenced, page } from "./markdown.ts"
import { type PlannedRequest, requestOf } from "./requests.ts"
import { toolOfFamily, toolOfOperation } from "./tools.ts"

/** An operation's example for the shell, for a program and, if a tool does the same, for an agent. */
export const exampleForms = (family: FamilyName, operation: AnyOperation): string => {
  const request = requestOf(operation)
  const tool = directForm(operation) ?? (request === undefined ? undefined : toolForm(family, request))
  const commands = [request === undefined ? undefined : createCommand(request), apiCommand(operation)]
  return page(
    "At a shell:",
    fenced("sh", commands.filter((command) => command !== undefined).join("\n\n")),
    "In a program:",
    fenced("ts", program(operation)),
    ...(tool === undefined ? [] : ["As a tool:", fenced("json", tool)])
  ).trimEnd()
}

const shellQuote = (value: unknown): string => {
  const text = String(value)
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const apiCommand = ({ id, example }: AnyOperation): string =>
  Object.keys(example).length === 0
    ? `klingkit api call ${id}`
    : `klingkit api call ${id} --input ${shellQuote(JSON.stringify(example))}`

const flags: Readonly<Record<string, string>> = {
  model: "model",
  image: "image",
  lastImage: "last-image",
  durationSeconds: "duration",
  resolution: "resolution",
  aspectRatio: "aspect-ratio",
  audio: "audio",
  negativePrompt: "negative-prompt",
  n: "n",
  multiShot: "multi-shot"
}

/** `klingkit video create ...`; undefined if a setting has no flag. */
const createCommand = ({ medium, request, credential }: PlannedRequest): string | undefined => {
  const { prompt, ...settings } = request
  const args = Object.entries(settings).map(([field, value]) => {
    const flag = flags[field]
    return flag === undefined ? undefined : value === true ? `--${flag}` : `--${flag} ${shellQuote(value)}`
  })
  if (args.includes(undefined)) return undefined
  const command = [`klingkit ${medium} create`, ...(prompt === undefined ? [] : [shellQuote(prompt)]), ...args].join(
    " "
  )
  return credential === "key-pair" ? `# with an access/secret key pair\n${command}` : command
}

const toolForm = (family: FamilyName, { request }: PlannedRequest): string | undefined => {
  const names = toolOfFamily[family]
  if (names === undefined) return undefined
  const args = Object.entries(request).map(([field, value]) => [
    names.arguments[field as keyof typeof names.arguments],
    value
  ])
  if (args.some(([name]) => name === undefined)) return undefined
  return JSON.stringify({ name: names.tool, arguments: Object.fromEntries(args) }, undefined, 2)
}

/** The call of the tool for one operation; undefined if the example has fields that the tool does not accept. */
const directForm = ({ id, example }: AnyOperation): string | undefined => {
  const direct = toolOfOperation[id as keyof typeof toolOfOperation]
  if (direct === undefined) return undefined
  const { tool, arguments: names, fixed = {}, lists = [] } = direct
  const args = Object.entries(example).map(([field, value]) => {
    const name = names[field]
    return [name, name !== undefined && lists.includes(name) ? [value] : value] as const
  })
  if (args.some(([name]) => name === undefined)) return undefined
  return JSON.stringify({ name: tool, arguments: { ...fixed, ...Object.fromEntries(args) } }, undefined, 2)
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
