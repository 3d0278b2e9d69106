import { type AnyRequest, requests } from "@klingkit/core/requests"
import { Command } from "effect/cli"
import { requestCommand } from "./request-command.ts"
import { exampleOf } from "./request-example.ts"

const nouns = {
  video: "Generate videos, and make new ones from them",
  image: "Generate and edit images",
  audio: "Generate speech, sound effects and soundtracks",
  element: "Characters and objects to reuse in videos and images",
  voice: "Voices that videos speak with"
}

const group = (noun: string, about: string) => {
  const own: ReadonlyArray<AnyRequest> = requests.filter(({ command }) => command.startsWith(`${noun} `))
  return Command.make(noun).pipe(
    Command.withDescription(about),
    Command.withExamples(own.slice(0, 1).map((request) => ({ command: exampleOf(request) }))),
    Command.withSubcommands(own.map(requestCommand))
  )
}

/** A noun for each kind of request, with a verb for each request of it. */
export const requestGroups = Object.entries(nouns).map(([noun, about]) => group(noun, about))
