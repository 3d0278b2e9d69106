import { invalidInput, planImage, planVideo } from "@klingkit/core"
import { readImageInput } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import type { Command } from "effect/cli"
import { credentialKind, folders } from "../connection.ts"
import { definedFlags, withFlagNames } from "./flag-name.ts"
import { imageFlags, videoFlags } from "./request-flags.ts"

export type VideoFlags = Command.Command.Config.Infer<typeof videoFlags>
export type ImageFlags = Command.Command.Config.Infer<typeof imageFlags>

export const planVideoFlags = Effect.fnUntraced(
  function* (prompt: Option.Option<string>, flags: VideoFlags) {
    const { image, lastImage, ...rest } = flags
    const images = { image: yield* readImage("image", image), lastImage: yield* readImage("lastImage", lastImage) }
    return yield* planVideo(
      { ...definedFlags({ prompt }), ...definedFlags(rest), ...definedFlags(images) },
      yield* credentialKind
    )
  },
  withFlagNames(Object.keys(videoFlags))
)

export const planImageFlags = Effect.fnUntraced(
  function* (prompt: Option.Option<string>, flags: ImageFlags) {
    const { image, ...rest } = flags
    if (Option.isNone(prompt)) return yield* invalidInput([{ field: "prompt", message: "is required" }])
    const images = { image: yield* readImage("image", image) }
    return yield* planImage({ prompt: prompt.value, ...definedFlags(rest), ...definedFlags(images) })
  },
  withFlagNames(Object.keys(imageFlags))
)

const readImage = Effect.fnUntraced(function* (field: string, source: Option.Option<string>) {
  if (Option.isNone(source)) return source
  return Option.some(yield* readImageInput(field, source.value, yield* folders))
})
