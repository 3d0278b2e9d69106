import {
  findImageModel,
  findVideoModel,
  type ImageModel,
  imageModels,
  retiredModels,
  type VideoModel,
  videoModels
} from "@klingkit/core"
import {
  closestMatch,
  type TypicalPrice,
  typicalPrices,
  typicalPricesText,
  typicalSeconds
} from "@klingkit/core/internal"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { usageError } from "../output/failure.ts"
import { factsText } from "../output/facts-text.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"

/** A row of the video, image or retired-model table, with the fields which that table has. */
type ModelView = Partial<Omit<VideoModel & ImageModel, "state" | "resolutions">> & {
  readonly kind: "video" | "image"
  readonly id: string
  readonly state: VideoModel["state"] | "retired"
  readonly successor?: string
  readonly resolutions?: ReadonlyArray<string>
  /** What 5 s of video, or one image, cost in USD. */
  readonly typicalPrices?: ReadonlyArray<TypicalPrice>
}

const known: ReadonlyArray<ModelView> = [
  ...videoModels.map((model) => ({ kind: "video" as const, ...model })),
  ...imageModels.map((model) => ({ kind: "image" as const, ...model })),
  ...(["video", "image"] as const).flatMap((kind) =>
    Object.entries(retiredModels[kind]).map(([id, successor]) => ({ kind, id, state: "retired" as const, successor }))
  )
]

const withPrices = (view: ModelView): Effect.Effect<ModelView> => {
  const models = view.kind === "video" ? videoModels : imageModels
  const model = view.state === "retired" ? undefined : models.find(({ id }) => id === view.id)
  return model === undefined
    ? Effect.succeed(view)
    : Effect.map(typicalPrices(model), (prices) => ({ ...view, typicalPrices: prices }))
}

const secondsText = ({ seconds }: ModelView): string | undefined =>
  seconds === undefined ? undefined : "values" in seconds ? seconds.values.join(" ") : `${seconds.min}-${seconds.max}`

const columns: ReadonlyArray<Column<ModelView>> = [
  { title: "kind", value: ({ kind }) => kind },
  { title: "model", value: ({ id }) => id },
  { title: "state", value: ({ state, successor }) => (successor === undefined ? state : `${state}: use ${successor}`) },
  { title: "resolutions", value: (model) => model.resolutions?.join(" ") },
  { title: "seconds", value: (model) => secondsText(model) },
  { title: "audio", value: (model) => model.audio?.join(" ") },
  { title: "aspect ratios", value: (model) => model.aspectRatios?.join(" ") },
  { title: "images", value: (model) => model.maxImages?.toString() },
  { title: `${typicalSeconds} s, or one image`, value: (model) => typicalPricesText(model.typicalPrices ?? []) }
]

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    const models = yield* Effect.forEach(known, withPrices)
    yield* output.answer({ json: models, text: table(models, columns, output.stdoutIsTerminal) })
  })
).pipe(
  Command.withDescription("List all models with limits and state"),
  Command.withExamples([
    { command: "klingkit models list" },
    { command: "klingkit models list --json | jq '.[] | select(.state == \"live\") | .id'" }
  ])
)

/** By id or legacy name. An id wins over another model's legacy name. */
const findModel = (name: string): ModelView | undefined => {
  const exact = known.filter(({ id }) => id === name).toSorted((a, b) => rank(a) - rank(b))[0]
  if (exact !== undefined) return exact
  const id = (findVideoModel(name) ?? findImageModel(name))?.id
  return known.find((model) => model.id === id)
}

const rank = ({ state }: ModelView): number => (state === "retired" ? 1 : 0)

const show = Command.make(
  "show",
  { model: Argument.String("model").pipe(Argument.withDescription("a model id or legacy name")) },
  Effect.fnUntraced(function* ({ model: name }) {
    const output = yield* Output
    const found = findModel(name)
    if (found === undefined) {
      const nearest = closestMatch(name, [...new Set(known.map(({ id }) => id))])
      const hint = nearest === undefined ? "see klingkit models list" : `did you mean ${nearest}?`
      return yield* usageError([{ field: name, message: `unknown model ${name}; ${hint}` }])
    }
    const model = yield* withPrices(found)
    const namesake = findVideoModel(name)
    const alsoNamed = namesake === undefined || namesake.id === model.id ? {} : { alsoTheNameOf: namesake.id }
    const view = { ...model, ...alsoNamed }
    const { successor, typicalPrices: prices = [], ...facts } = model
    const text = factsText({
      ...facts,
      [`${typicalSeconds} s, or one image`]: prices.length === 0 ? undefined : typicalPricesText(prices),
      replacement: successor,
      "alias of": namesake?.id === model.id ? undefined : namesake?.id
    })
    return yield* output.answer({ json: view, text })
  })
).pipe(
  Command.withDescription("Show the settings that a model supports"),
  Command.withExamples([
    { command: "klingkit models show kling-3.0" },
    { command: "klingkit models show kling-v2-6 --json", description: "By its legacy name" }
  ])
)

export const models = Command.make("models").pipe(
  Command.withDescription("List models and their limits"),
  Command.withExamples([{ command: "klingkit models list" }]),
  Command.withSubcommands([list, show])
)
