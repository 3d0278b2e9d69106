import { type AnyRequest, kebabName } from "@klingkit/core/requests"
import { argumentField } from "./request-flags.ts"

/** A request's example as a command line. */
export const exampleOf = (request: AnyRequest): string => {
  const argument = argumentField(request)
  const words = Object.entries(request.example).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      field === argument ? quoted(one) : `--${kebabName(field)}${one === true ? "" : ` ${quoted(one)}`}`
    )
  )
  return ["klingkit", request.command, ...words].join(" ")
}

const quoted = (value: unknown): string => (/^[\w.:/-]+$/.test(String(value)) ? String(value) : `"${String(value)}"`)
