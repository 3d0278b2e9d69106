import {
  type AnyOperation,
  type CredentialKind,
  findVideoModel,
  type ImageRequest,
  type Plan,
  planImage,
  planVideo,
  type VideoRequest
} from "@klingkit/core"
import {
  type AnyRequest,
  fieldName,
  generateImage,
  generateVideo,
  isPipeline,
  offlineContext,
  planRequest,
  requests,
  viewOfField
} from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import { isDeepStrictEqual } from "node:util"

type Input = Readonly<Record<string, unknown>>

/** A request that asks Kling for an operation. */
export interface PlannedRequest {
  readonly request: AnyRequest
  readonly input: Input
  readonly credential: CredentialKind
}

const credentials = ["api-key", "key-pair"] as const

/** The request that plans to exactly this operation and example; else one that plans to the operation. */
export const requestOf = (operation: AnyOperation): PlannedRequest | undefined =>
  exactRequest(operation) ?? examples.get(operation.id)

const exactRequest = (operation: AnyOperation): PlannedRequest | undefined => {
  if (operation.kind !== "create") return undefined
  const { example } = operation
  const image = imageRequest(example)
  if (plansTo(operation, planImage(image))) {
    return { request: generateImage, input: { ...image }, credential: "api-key" }
  }
  const video = videoRequest(operation, example)
  const credential = credentials.find((kind) => plansTo(operation, planVideo(video, kind)))
  return credential === undefined ? undefined : { request: generateVideo, input: { ...video }, credential }
}

/** A request's example, and the same with another model or another choice. */
const variants = ({ example, input: { shape } }: AnyRequest): ReadonlyArray<Input> => [
  example,
  ...Object.entries(shape).flatMap(([field, schema]) => {
    const { kind, values } = viewOfField(schema)
    return (kind === "boolean" ? [true, false] : values).map((value) => ({ ...example, [field]: value }))
  })
]

const planOf = ({ request, input, credential }: PlannedRequest) =>
  Option.getOrUndefined(
    Effect.runSync(Effect.option(planRequest(request, input, fieldName, offlineContext(credential))))
  )

/** By operation; the plainest request first. */
const examples: ReadonlyMap<string, PlannedRequest> = new Map(
  requests
    .flatMap((request: AnyRequest) =>
      variants(request).flatMap((input) =>
        credentials.flatMap((credential): ReadonlyArray<readonly [string, PlannedRequest]> => {
          const planned = { request, input, credential }
          const plan = planOf(planned)
          return plan === undefined || isPipeline(plan) ? [] : [[plan.operation.id, planned]]
        })
      )
    )
    .toReversed()
)

const plansTo = (operation: AnyOperation, planned: Effect.Effect<Plan, unknown>): boolean => {
  const plan = Option.getOrUndefined(Effect.runSync(Effect.option(planned)))
  return (
    plan?.operation.id === operation.id &&
    Object.entries(operation.example).every(([field, value]) => isDeepStrictEqual(plan.input[field], value))
  )
}

const resolutions: Readonly<Record<string, string>> = { std: "720p", pro: "1080p", "4k": "4k" }
const audio: Readonly<Record<string, string>> = { on: "native", off: "off" }

const modelOf = ({ models }: AnyOperation, { model = models[0] }: Input): string | undefined =>
  typeof model === "string" ? findVideoModel(model)?.id : undefined

const videoRequest = (operation: AnyOperation, input: Input): VideoRequest =>
  defined<VideoRequest>({
    prompt: input["prompt"],
    model: modelOf(operation, input),
    negativePrompt: input["negativePrompt"],
    resolution: input["resolution"] ?? resolutions[String(input["mode"])],
    durationSeconds: input["durationSeconds"],
    aspectRatio: input["aspectRatio"],
    audio: input["audio"] ?? audio[String(input["sound"])],
    image: input["firstFrame"] ?? input["image"],
    lastImage: input["lastFrame"] ?? input["imageTail"],
    // The planner defaults to a single shot.
    multiShot: input["multiShot"] === true ? true : undefined
  })

const imageRequest = (input: Input): ImageRequest =>
  defined<ImageRequest>({
    prompt: input["prompt"],
    model: input["model"],
    negativePrompt: input["negativePrompt"],
    resolution: input["resolution"],
    aspectRatio: input["aspectRatio"],
    image: Array.isArray(input["images"]) ? input["images"][0] : input["image"],
    imageFidelity: input["imageFidelity"],
    n: input["n"]
  })

const defined = <A>(fields: { readonly [K in keyof Required<A>]?: unknown }): A =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as A
