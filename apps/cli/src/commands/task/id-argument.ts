import { Argument } from "effect/cli"

export const idArgument = Argument.String("task").pipe(
  Argument.withDescription("a handle (kk-...) or Kling's task id"),
  Argument.filter(
    (value) => value.trim() !== "" && value.length <= 200,
    () => "must be a handle or a task id"
  )
)

/** One task or several. */
export const idArguments = idArgument.pipe(Argument.variadic({ min: 1 }))
