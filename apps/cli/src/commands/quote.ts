import { findImageModel, imageModels, videoModels } from "@klingkit/core"
import { generateImage, generateVideo, kebabName } from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { cheaperOf } from "../output/cheaper-view.ts"
import { usageError } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { planCall } from "./api/plan-call.ts"
import { inputFlag } from "./json-input.ts"
import { definedFlags } from "./request-command.ts"
import { planOneTask } from "./plan-given.ts"
import { requestFlags } from "./request-flags.ts"

/** Stands in for an omitted prompt: its text does not change the price. */
const anyPrompt = "anything"

const imageSizes: ReadonlyArray<string> = imageModels.flatMap(({ resolutions }) => resolutions)
const videoSizes: ReadonlyArray<string> = videoModels.flatMap(({ resolutions }) => resolutions)

/** Matches ids such as `legacy.tts`; a prompt is never a single word with a dot inside. */
const operationId = /^[a-z]\w*(\.[\w-]+)+$/

type Flags = Readonly<Record<string, Option.Option<unknown>>>

const videoFlags = requestFlags(generateVideo)
const imageFlags = requestFlags(generateImage)
const videoOnly = Object.keys(videoFlags).filter((field) => !(field in imageFlags))

interface QuoteArgs {
  readonly args: ReadonlyArray<string>
  readonly request: Flags
  readonly n: Option.Option<unknown>
  readonly input: Option.Option<string>
}

const videoOnlyFields = (flags: Flags): ReadonlyArray<string> =>
  Object.keys(definedFlags(flags)).filter((field) => videoOnly.includes(field))

/** True for `image`, and for flags that only images have: `--n`, an image size or an image model. */
const asksForImage = ({ args: [what = ""], request, n }: QuoteArgs): boolean => {
  if (what === "video" || what === "image") return what === "image"
  if (Option.isSome(n)) return true
  if (videoOnlyFields(request).length > 0) return false
  const { resolution, model } = definedFlags(request)
  const size = typeof resolution === "string" ? resolution : ""
  return (
    (imageSizes.includes(size) && !videoSizes.includes(size)) ||
    (typeof model === "string" && findImageModel(model) !== undefined)
  )
}

const planOf = Effect.fnUntraced(function* (quoteArgs: QuoteArgs) {
  const { args, request, n, input } = quoteArgs
  const [what = "", promptAfterKind = ""] = args
  if (Option.isSome(input) || operationId.test(what)) return yield* planCall(what, input)
  const prompt = (what === "video" || what === "image" ? promptAfterKind : what) || anyPrompt
  if (!asksForImage(quoteArgs)) {
    if (Option.isSome(n))
      return yield* usageError([{ field: "--n", message: "applies to images only; a video request makes one video" }])
    return yield* planOneTask(generateVideo, { ...definedFlags(request), prompt })
  }
  const unexpected = videoOnlyFields(request)
  if (unexpected.length > 0) {
    return yield* usageError(
      unexpected.map((field) => ({ field: `--${kebabName(field)}`, message: "applies to videos only" }))
    )
  }
  return yield* planOneTask(generateImage, { ...definedFlags({ ...request, n }), prompt })
})

export const quote = Command.make(
  "quote",
  {
    args: Argument.String("video|image|operation").pipe(
      Argument.withDescription("video, image, or an operation id with --input; a prompt may follow"),
      Argument.variadic({ max: 2 })
    ),
    request: videoFlags,
    n: imageFlags["n"] ?? Flag.optional(Flag.String("n")),
    input: inputFlag
  },
  Effect.fnUntraced(function* (quoteArgs) {
    const output = yield* Output
    const plan = yield* planOf(quoteArgs)
    yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
    const cheaper = yield* cheaperOf(plan)
    yield* output.answer({
      json: { ...quoteView(plan.quote), operation: plan.operation.id, model: plan.model, ...cheaper.json },
      text: [`${plan.operation.id}: ${quoteText(plan.quote)}`, ...cheaper.lines].join("\n")
    })
  })
).pipe(
  Command.withDescription("Estimate the cost of a request without sending it"),
  Command.withExamples([
    { command: "klingkit quote video --duration 10 --resolution 1080p --audio native" },
    { command: "klingkit quote image --n 4 --json" },
    {
      command: `klingkit quote legacy.tts --input '{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}'`,
      description: "Any operation"
    }
  ])
)
