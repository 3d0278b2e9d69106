import { invalidInput, planImage, planVideo } from "@klingkit/core"
import { readPictureInput } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import type { Command } from "effect/cli"
import { credentialKind, folders } from "../connection.ts"
import { given, namingFlags } from "./flag-name.ts"
import { imageFlags, videoFlags } from "./request-flags.ts"

export type VideoFlags = Command.Command.Config.Infer<typeof videoFlags>
export type ImageFlags = Command.Command.Config.Infer<typeof imageFlags>

export const planVideoFlags = Effect.fnUntraced(
  function* (prompt: Option.Option<string>, flags: VideoFlags) {
    const { image, lastImage, ...rest } = flags
    const pictures = { image: yield* picture("image", image), lastImage: yield* picture("lastImage", lastImage) }
    return yield* planVideo({ ...given({ prompt }), ...given(rest), ...given(pictures) }, yield* credentialKind)
  },
  namingFlags(Object.keys(videoFlags))
)

export const planImageFlags = Effect.fnUntraced(
  function* (prompt: Option.Option<string>, flags: ImageFlags) {
    const { image, ...rest } = flags
    if (Option.isNone(prompt)) return yield* invalidInput([{ field: "prompt", message: "is required" }])
    const pictures = { image: yield* picture("image", image) }
    return yield* planImage({ prompt: prompt.value, ...given(rest), ...given(pictures) })
  },
  namingFlags(Object.keys(imageFlags))
)

const picture = Effect.fnUntraced(function* (field: string, source: Option.Option<string>) {
  if (Option.isNone(source)) return source
  return Option.some(yield* readPictureInput(field, source.value, yield* folders))
})
