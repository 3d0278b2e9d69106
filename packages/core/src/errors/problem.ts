import { Schema } from "effect"
import { fillNames } from "./field-placeholders.ts"
import { isSetting, type NameSetting, Setting } from "./setting.ts"

const Value = Schema.Union([Schema.String, Schema.Number])

/** One invalid field: its name, and a message that states the limit and the nearest valid value, which are also data. */
export const Problem = Schema.Struct({
  field: Schema.String,
  message: Schema.String,
  /** The field is a setting; its name depends on the face. */
  setting: Schema.optionalKey(Setting),
  given: Schema.optionalKey(Value),
  /** The valid values, or their bounds. */
  limit: Schema.optionalKey(
    Schema.Struct({
      min: Schema.optionalKey(Schema.Number),
      max: Schema.optionalKey(Schema.Number),
      values: Schema.optionalKey(Schema.Array(Value))
    })
  ),
  /** The valid value closest to the given one. */
  nearest: Schema.optionalKey(Value)
})
export type Problem = typeof Problem.Type

/** An answer names at most this many. */
export const mostProblems = 10

/** The problem under the names of a face; what its message names in braces is a setting or a field. */
export const nameProblem = ({ setting, ...problem }: Problem, nameOf: NameSetting): Problem => ({
  ...problem,
  field: setting === undefined ? problem.field : nameOf(setting),
  message: fillNames(problem.message, (name) => (isSetting(name) ? nameOf(name) : name))
})
