import type { Problem } from "@klingkit/core"

/** Problems with arguments that belong to another action. An argument that no action claims is valid for all. */
export const unexpectedFields = <Action extends string>(
  args: Readonly<Record<string, unknown>>,
  action: Action,
  fieldsPerAction: Readonly<Record<Action, ReadonlyArray<string>>>,
  name = "action"
): ReadonlyArray<Problem> => {
  const claimed = new Set(Object.values<ReadonlyArray<string>>(fieldsPerAction).flat())
  return [...claimed]
    .filter((field) => args[field] !== undefined && !fieldsPerAction[action].includes(field))
    .map((field) => ({ field, message: `is not used with ${name} ${action}` }))
}
