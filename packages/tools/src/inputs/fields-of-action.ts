import type { Problem } from "@klingkit/core"

/** Arguments that are given but belong to another action. An argument that no action claims belongs to all. */
export const foreignFields = <Action extends string>(
  args: Readonly<Record<string, unknown>>,
  action: Action,
  fieldsOf: Readonly<Record<Action, ReadonlyArray<string>>>,
  name = "action"
): ReadonlyArray<Problem> => {
  const claimed = new Set(Object.values<ReadonlyArray<string>>(fieldsOf).flat())
  return [...claimed]
    .filter((field) => args[field] !== undefined && !fieldsOf[action].includes(field))
    .map((field) => ({ field, message: `has no meaning for ${name} ${action}` }))
}
