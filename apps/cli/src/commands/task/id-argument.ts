import { Argument } from "effect/cli"

export const idArgument = Argument.String("task").pipe(
  Argument.withDescription("a handle (kk-...) or Kling's task id"),
  Argument.filter(
    (value) => value.trim() !== "" && value.length <= 200,
    () => "must be a handle or a task id"
  )
)
