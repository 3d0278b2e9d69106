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
import { Effect, Option } from "effect"
import { isDeepStrictEqual } from "node:util"

/** An operation's example as a request: planning it leads back to that operation. */
export type PlannedRequest =
  | { readonly medium: "video"; readonly request: VideoRequest; readonly credential: CredentialKind }
  | { readonly medium: "image"; readonly request: ImageRequest; readonly credential: CredentialKind }

type Input = Readonly<Record<string, unknown>>

/** The request that plans to exactly this operation and example; undefined if there is none. */
export const requestOf = (operation: AnyOperation): PlannedRequest | undefined => {
  if (operation.kind !== "create") return undefined
  const { example } = operation
  const image = imageRequest(example)
  if (plansTo(operation, planImage(image))) return { medium: "image", request: image, credential: "api-key" }
  const request = videoRequest(operation, example)
  const credential = (["api-key", "key-pair"] as const).find((kind) => plansTo(operation, planVideo(request, kind)))
  return credential === undefined ? undefined : { medium: "video", request, credential }
}

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
