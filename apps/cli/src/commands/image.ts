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
  Command.withDescription("Generate images from a prompt or a reference image"),
  Command.withExamples([
    { command: 'klingkit image create "a lighthouse, linocut"', description: "Submit and print the handle" },
    {
      command: 'klingkit image create "a lighthouse, linocut" --n 4 --aspect-ratio 3:4 --output ./lighthouses',
      description: "Save four images to a folder"
    },
    {
      command: 'klingkit image create "the same cat, sleeping" --image cat.jpg --wait',
      description: "From a reference image"
    }
  ])
)

export const image = Command.make("image").pipe(
  Command.withDescription("Generate images"),
  Command.withExamples([{ command: 'klingkit image create "a lighthouse, linocut" --output lighthouse.png' }]),
  Command.withSubcommands([create])
)
