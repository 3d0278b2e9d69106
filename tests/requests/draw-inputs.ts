import { type CredentialKind, imageModels, videoModels } from "@klingkit/core"
import { openScenes } from "@klingkit/core/internal"
import {
  type AnyRequest,
  fieldName,
  type FieldView,
  innerType,
  offlineContext,
  planRequest,
  viewOfField
} from "@klingkit/core/requests"
import { Effect } from "effect"
import * as fc from "fast-check"

export type Input = Readonly<Record<string, unknown>>

/** Texts that a shell, a file or a parser could take for something else. */
const texts = [
  "Good morning to everybody in this room",
  `a "fox", isn't it?`,
  "5",
  "true",
  "一只狐狸在雪地里走",
  "two\nlines: {a} [b] #c",
  "100 % $HOME `ls`"
]
const urls = {
  image: "https://example.com/a.png",
  video: "https://example.com/a.mp4",
  audio: "https://example.com/a.mp3"
}

/** Values of texts that are not free. Each is legal for some request; the planner says for which. */
const words: Readonly<Record<string, ReadonlyArray<string>>> = {
  model: [...videoModels, ...imageModels].map(({ id }) => id),
  scene: openScenes.slice(0, 40),
  voice: ["oversea_male1", "girlfriend_1_speech02"],
  aspectRatio: ["16:9", "9:16", "1:1", "3:4"],
  elements: ["829836802793406551"],
  element: ["829836802793406551"],
  voices: ["829836802793406551"],
  voiceId: ["829836802793406551"],
  videoId: ["829836802793406551"],
  audioId: ["829836802793406551"],
  tags: ["o_101", "o_108"]
}

const numbers = [0.5, 0.8, 1, 1.5, 2, 3, 5, 8, 10]

/** A value of one field, as its declaration describes it. */
const valueOf = (field: string, { kind, values, media, entry }: FieldView): fc.Arbitrary<unknown> => {
  const one: fc.Arbitrary<unknown> =
    entry !== undefined
      ? fc.record(Object.fromEntries(Object.entries(entry).map(([name, view]) => [name, valueOf(name, view)])))
      : media !== undefined
        ? fc.constant(urls[media])
        : fc.constantFrom(...(words[field] ?? (values.length > 0 ? values : texts)))
  switch (kind) {
    case "boolean":
      return fc.boolean()
    case "number":
      return fc.constantFrom(...numbers)
    case "list":
      return fc.array(one, { minLength: 1, maxLength: 2 })
    case "text":
      return one
  }
}

/** Inputs of a request, each field given or left out where that is legal. */
const anyInput = ({ input: { shape } }: AnyRequest): fc.Arbitrary<Input> => {
  const fields = Object.entries(shape)
  const isOptional = (schema: unknown) => innerType(schema) !== schema
  return fc.record(Object.fromEntries(fields.map(([field, schema]) => [field, valueOf(field, viewOfField(schema))])), {
    requiredKeys: fields.filter(([, schema]) => !isOptional(schema)).map(([field]) => field)
  })
}

/** A request as it is drawn: its input, and the kind of key that pays. */
export interface Drawn {
  readonly input: Input
  readonly credential: CredentialKind
}

const isLegal = (request: AnyRequest, { input, credential }: Drawn): boolean =>
  Effect.runSync(Effect.isSuccess(planRequest(request, input, fieldName, offlineContext(credential))))

/** The example, and `count` drawn inputs that are legal: by keys of both kinds, the last with the most fields. */
export const drawInputs = (request: AnyRequest, count: number, seed: number): ReadonlyArray<Drawn> => {
  const drawn = fc
    .sample(anyInput(request), { numRuns: 1500, seed })
    .map((input, index): Drawn => ({ input, credential: index % 2 === 0 ? "key-pair" : "api-key" }))
    .filter((one) => isLegal(request, one))
  const bySize = drawn.toSorted((a, b) => Object.keys(a.input).length - Object.keys(b.input).length)
  const chosen = Array.from(
    { length: count },
    (_, index) => bySize[Math.ceil(((index + 1) * bySize.length) / count) - 1]
  )
  return [{ input: request.example, credential: "api-key" }, ...chosen.filter((one) => one !== undefined)]
}
