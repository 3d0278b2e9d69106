import { Command } from "effect/cli"
import { cancel } from "./cancel.ts"
import { download } from "./download.ts"
import { get } from "./get.ts"
import { list } from "./list.ts"
import { resolve } from "./resolve.ts"
import { wait } from "./wait.ts"

export const task = Command.make("task").pipe(
  Command.withDescription("Inspect, wait for and download tasks"),
  Command.withExamples([{ command: "klingkit task wait kk-t2v-0123456789abcdefghjkmnpqrs" }]),
  Command.withSubcommands([get, wait, download, list, resolve, cancel])
)
