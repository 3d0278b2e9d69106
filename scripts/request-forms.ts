import { type AnyRequest, kebabName } from "@klingkit/core/requests"
import { argumentField } from "../apps/cli/src/commands/request-flags.ts"
import { tools } from "../packages/tools/src/catalog.ts"

type Input = Readonly<Record<string, unknown>>

export const shellQuote = (value: unknown): string => {
  const text = String(value)
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A request as its command: `klingkit video create 'A fox' --duration 5`. */
export const commandLine = (request: AnyRequest, input: Input): string => {
  const argument = argumentField(request)
  const words = Object.entries(input).flatMap(([field, value]) =>
    [value].flat().map((one) => {
      if (field === argument) return { order: 0, text: shellQuote(one) }
      const flag = `--${one === false ? "no-" : ""}${kebabName(field)}`
      return { order: 1, text: typeof one === "boolean" ? flag : `${flag} ${shellQuote(one)}` }
    })
  )
  const ordered = words.toSorted((a, b) => a.order - b.order).map(({ text }) => text)
  return ["klingkit", request.command, ...ordered].join(" ")
}

/** A request as the call of the first tool that takes it. */
export const toolCall = (request: AnyRequest, input: Input) => {
  for (const tool of tools) {
    const found = tool.argumentsFor?.(request, input)
    if (found !== undefined) return { name: tool.name, arguments: found }
  }
  return undefined
}
