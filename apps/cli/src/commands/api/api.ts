import { Command } from "effect/cli"
import { call } from "./call.ts"
import { errors } from "./errors.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"

export const api = Command.make("api").pipe(
  Command.withDescription("Call any API operation directly"),
  Command.withExamples([{ command: "klingkit api show new.t2v.kling-3.0" }]),
  Command.withSubcommands([list, show, call, errors])
)
