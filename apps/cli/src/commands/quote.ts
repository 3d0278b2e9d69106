import { findImageModel, imageModels, videoModels } from "@klingkit/core"
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { usageError } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { planCall } from "./api/plan-call.ts"
import { flagName } from "./flag-name.ts"
import { inputFlag } from "./json-input.ts"
import { planImageFlags, planVideoFlags, type VideoFlags } from "./plan-request.ts"
import { imageFlags, videoFlags } from "./request-flags.ts"

/** The words do not change the price, so they may be left out. */
const anyPrompt = "anything"

const imageSizes: ReadonlyArray<string> = imageModels.flatMap(({ resolutions }) => resolutions)
const videoSizes: ReadonlyArray<string> = videoModels.flatMap(({ resolutions }) => resolutions)

/** `legacy.tts`: no prompt is one word with a dot inside. */
const operationLike = /^[a-z]\w*(\.[\w-]+)+$/

interface Asked {
  readonly words: ReadonlyArray<string>
  readonly request: VideoFlags
  readonly n: Option.Option<number>
  readonly input: Option.Option<string>
}

const ofVideosOnly = (flags: VideoFlags): ReadonlyArray<string> => {
  const { durationSeconds, audio, lastImage, multiShot } = flags
  const found = { durationSeconds, audio, lastImage, multiShot }
  return Object.entries<Option.Option<unknown>>(found).flatMap(([field, value]) =>
    Option.isSome(value) ? [field] : []
  )
}

/** Pictures when it is said, or when the flags say so: `--n`, a size or a model that only pictures have. */
const asksForImage = ({ words: [what = ""], request, n }: Asked): boolean => {
  if (what === "video" || what === "image") return what === "image"
  if (Option.isSome(n)) return true
  if (ofVideosOnly(request).length > 0) return false
  const size = Option.getOrElse(request.resolution, () => "")
  const model = Option.getOrElse(request.model, () => "")
  return (imageSizes.includes(size) && !videoSizes.includes(size)) || findImageModel(model) !== undefined
}

const planOf = Effect.fnUntraced(function* (asked: Asked) {
  const { words, request, n, input } = asked
  const [what = "", said = ""] = words
  if (Option.isSome(input) || operationLike.test(what)) return yield* planCall(what, input)
  const prompt = Option.some((what === "video" || what === "image" ? said : what) || anyPrompt)
  if (!asksForImage(asked)) {
    if (Option.isSome(n))
      return yield* usageError([{ field: "--n", message: "is for pictures; a clip is made one by one" }])
    return yield* planVideoFlags(prompt, request)
  }
  const odd = ofVideosOnly(request)
  if (odd.length > 0) {
    return yield* usageError(odd.map((field) => ({ field: `--${flagName(field)}`, message: "is for clips only" })))
  }
  return yield* planImageFlags(prompt, { ...request, n })
})

export const quote = Command.make(
  "quote",
  {
    words: Argument.String("video|image|operation").pipe(
      Argument.withDescription("what is to be made, then the prompt if you like; or an operation with --input"),
      Argument.variadic({ max: 2 })
    ),
    request: videoFlags,
    n: imageFlags.n,
    input: inputFlag
  },
  Effect.fnUntraced(function* (asked) {
    const output = yield* Output
    const plan = yield* planOf(asked)
    yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
    yield* output.answer({
      json: { ...quoteView(plan.quote), operation: plan.operation.id, model: plan.model },
      text: `${plan.operation.id}: ${quoteText(plan.quote)}`
    })
  })
).pipe(
  Command.withDescription("What a request would cost: units and USD, how sure that is, and the rule; sends nothing"),
  Command.withExamples([
    { command: "klingkit quote video --duration 10 --resolution 1080p --audio native" },
    { command: "klingkit quote image --n 4 --json" },
    {
      command: `klingkit quote legacy.tts --input '{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}'`,
      description: "Any operation"
    }
  ])
)
