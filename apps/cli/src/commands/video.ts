import { Effect } from "effect"
import { Command } from "effect/cli"
import { paidFlags } from "./paid-flags.ts"
import { planVideoFlags } from "./plan-request.ts"
import { promptArgument, videoFlags } from "./request-flags.ts"
import { runPlan } from "./run-plan.ts"

const create = Command.make(
  "create",
  { prompt: promptArgument, request: videoFlags, ...paidFlags },
  Effect.fnUntraced(function* ({ prompt, request, ...flags }) {
    yield* runPlan(yield* planVideoFlags(prompt, request), flags)
  })
).pipe(
  Command.withDescription("Generate a video from a prompt or an image"),
  Command.withExamples([
    { command: 'klingkit video create "a paper boat in the rain"', description: "Submit and print the handle" },
    {
      command: 'klingkit video create "a paper boat" --duration 10 --resolution 1080p --output boat.mp4',
      description: "Wait and save the video"
    },
    {
      command: 'klingkit video create "she turns round" --image portrait.jpg --audio native --wait',
      description: "From an image, with audio"
    },
    { command: 'klingkit video create "a paper boat" --dry-run', description: "Print the request and its price" }
  ])
)

export const video = Command.make("video").pipe(
  Command.withDescription("Generate videos"),
  Command.withExamples([{ command: 'klingkit video create "a paper boat in the rain" --output boat.mp4' }]),
  Command.withSubcommands([create])
)
