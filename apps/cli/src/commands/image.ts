import { Effect } from "effect"
import { Command } from "effect/cli"
import { paidFlags } from "./paid-flags.ts"
import { planImageFlags } from "./plan-request.ts"
import { imageFlags, promptArgument } from "./request-flags.ts"
import { runPlan } from "./run-plan.ts"

const create = Command.make(
  "create",
  { prompt: promptArgument, request: imageFlags, ...paidFlags },
  Effect.fnUntraced(function* ({ prompt, request, ...flags }) {
    yield* runPlan(yield* planImageFlags(prompt, request), flags)
  })
).pipe(
  Command.withDescription("Make pictures from words, or after a picture"),
  Command.withExamples([
    { command: 'klingkit image create "a lighthouse, linocut"', description: "Submit, and print the handle" },
    {
      command: 'klingkit image create "a lighthouse, linocut" --n 4 --aspect-ratio 3:4 --output ./lighthouses',
      description: "Four pictures, saved into a folder"
    },
    { command: 'klingkit image create "the same cat, sleeping" --image cat.jpg --wait', description: "After a picture" }
  ])
)

export const image = Command.make("image").pipe(
  Command.withDescription("Pictures"),
  Command.withExamples([{ command: 'klingkit image create "a lighthouse, linocut" --output lighthouse.png' }]),
  Command.withSubcommands([create])
)
