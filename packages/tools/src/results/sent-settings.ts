import type { Plan } from "@klingkit/core"
import { String as Text } from "effect"

/**
 * The settings sent to Kling: those the caller gave and those klingkit filled in. Omits prompts, ids and media, and the
 * model, which is shown separately.
 */
export const sentSettings = ({ operation, input }: Plan): string => {
  const settings = Object.entries(input).flatMap(([name, value]) => {
    const kind = Object.hasOwn(operation.params, name) ? operation.params[name]?.type.kind : undefined
    const isSetting = kind === "enum" || kind === "integer" || kind === "number" || kind === "boolean"
    return isSetting && name !== "model" && isPlain(value) ? [`${Text.camelToSnake(name)} ${value}`] : []
  })
  return settings.length === 0 ? "Kling's defaults" : `${settings.join(", ")}; Kling's defaults for the rest`
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
