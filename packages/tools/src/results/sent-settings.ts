import type { Plan } from "@klingkit/core"
import { String as Text } from "effect"

/**
 * The settings that Kling is sent, with their values: what a caller asked for and what klingkit filled in. Prompts, ids and
 * media are left out, and so is the model, which is named by itself.
 */
export const sentSettings = ({ operation, input }: Plan): string => {
  const settings = Object.entries(input).flatMap(([name, value]) => {
    const kind = Object.hasOwn(operation.params, name) ? operation.params[name]?.type.kind : undefined
    const isSetting = kind === "choice" || kind === "integer" || kind === "number" || kind === "flag"
    return isSetting && name !== "model" && isPlain(value) ? [`${Text.camelToSnake(name)} ${value}`] : []
  })
  return settings.length === 0 ? "Kling's defaults" : `${settings.join(", ")}; the rest is Kling's default`
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
