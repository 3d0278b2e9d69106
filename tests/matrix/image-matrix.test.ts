import {
  describeRequest,
  findOperation,
  type ImageModel,
  imageModels,
  type ImageRequest,
  type KlingError,
  type Plan,
  planImage
} from "@klingkit/core"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answerOf } from "./emulator-answer.ts"

interface ImageCell {
  readonly model: ImageModel
  readonly resolution: string | undefined
  readonly n: number | undefined
  readonly aspectRatio: string | undefined
  readonly image: boolean
  readonly negativePrompt: boolean
}

const maybe = <A>(values: ReadonlyArray<A>) => fc.option(fc.constantFrom(...values), { nil: undefined })
const imageUrl = "https://media.example/lighthouse.png"

const cells: fc.Arbitrary<ImageCell> = fc
  .record({
    model: fc.constantFrom(...imageModels),
    resolution: maybe(["1k", "2k", "4k", "8k", "720p"]),
    n: maybe([-1, 0, 1, 4, 9, 10, 100]),
    aspectRatio: maybe(["16:9", "1:1", "21:9", "auto", "5:4"]),
    image: fc.boolean(),
    negativePrompt: fc.boolean()
  })
  // How many single images 4.0 makes per request is unknown; above nine the pack's concurrency would be the limit.
  .map((cell) => (cell.model.state === "live" || (cell.n ?? 0) <= 9 ? cell : { ...cell, n: 9 }))

const requestOf = (cell: ImageCell): ImageRequest => ({
  model: cell.model.id,
  prompt: "a lighthouse",
  ...(cell.resolution === undefined ? {} : { resolution: cell.resolution }),
  ...(cell.n === undefined ? {} : { n: cell.n }),
  ...(cell.aspectRatio === undefined ? {} : { aspectRatio: cell.aspectRatio }),
  ...(cell.image ? { image: imageUrl } : {}),
  ...(cell.negativePrompt ? { negativePrompt: "rain" } : {})
})

/** A field that violates a limit of the table, and the values of which a refusal must name at least one. */
type Broken = readonly [field: string, names: ReadonlyArray<string>]

function* brokenLimits(cell: ImageCell): Generator<Broken> {
  const { model, resolution, n, aspectRatio } = cell
  const known: ReadonlyArray<string> = model.resolutions
  if (resolution !== undefined && !known.includes(resolution)) yield ["resolution", known]
  const params = paramsOf(model)
  if (aspectRatio !== undefined && !model.aspectRatios.includes(aspectRatio)) {
    yield ["aspectRatio", "aspectRatio" in params ? model.aspectRatios : ["omit it"]]
  }
  if (n !== undefined && !("n" in params)) yield ["n", ["omit it"]]
  else if (n !== undefined && n < 1) yield ["n", ["did you mean 1?"]]
  else if (n !== undefined && n > model.maxImages) yield ["n", [`did you mean ${model.maxImages}?`]]
  const plain = model.operations.includes("legacy.images.generations")
  if (cell.negativePrompt && !plain) yield ["negativePrompt", ["put it in the prompt"]]
  if (cell.negativePrompt && plain && cell.image) yield ["negativePrompt", ["omit one of them"]]
}

const paramsOf = ({ operations: [id = ""] }: ImageModel) => findOperation(id)?.params ?? {}

const rawRequest = (cell: ImageCell): { readonly path: string; readonly body: unknown } => {
  const { resolution, n, aspectRatio: aspect_ratio } = cell
  const prompt = "a lighthouse"
  if (cell.model.state === "unconfirmed") {
    const contents = [{ type: "prompt", text: prompt }, ...(cell.image ? [{ type: "refer_image", url: imageUrl }] : [])]
    return { path: `/image-generation/${cell.model.id}`, body: { contents, settings: { resolution, n, aspect_ratio } } }
  }
  const omni = cell.model.operations.includes("legacy.images.omni-image")
  const image = omni
    ? { image_list: cell.image ? [{ image: imageUrl }] : undefined }
    : { image: cell.image ? imageUrl : undefined }
  const negative_prompt = cell.negativePrompt ? "rain" : undefined
  return {
    path: omni ? "/v1/images/omni-image" : "/v1/images/generations",
    body: { model_name: cell.model.id, prompt, negative_prompt, resolution, n, aspect_ratio, ...image }
  }
}

/** Where the planner or the emulator deviates from the table. */
const deviations = async (cell: ImageCell): Promise<ReadonlyArray<string>> => {
  const broken = [...brokenLimits(cell)]
  const plan = Effect.runSync(Effect.result(planImage(requestOf(cell))))
  const raw = rawRequest(cell)
  const { code } = await answerOf(raw.path, raw.body)
  // A path ignores what it has no field for: only the planner can refuse that.
  const isRefusable = broken.some(([field]) => field in paramsOf(cell.model))
  return [
    ...(isRefusable === (code !== 0) ? [] : [isRefusable ? "the emulator accepted it" : "the emulator refused it"]),
    ...(Result.isFailure(plan) ? unjustifiedProblems(broken, plan.failure) : await planDeviations(broken, plan.success))
  ]
}

const planDeviations = async (broken: ReadonlyArray<Broken>, plan: Plan): Promise<ReadonlyArray<string>> => {
  const { path, body } = describeRequest(plan)
  const { code, message } = await answerOf(path, body)
  return [
    ...broken.map(([field]) => `${field} is not possible, but was planned`),
    ...(code === 0 ? [] : [`refused the planned request: ${message}`])
  ]
}

const unjustifiedProblems = (broken: ReadonlyArray<Broken>, { reason, message }: KlingError): ReadonlyArray<string> =>
  reason._tag !== "InvalidInput"
    ? [`not a refusal: ${message}`]
    : reason.problems
        .filter(
          (problem) =>
            !broken.some(([name, names]) => name === problem.field && names.some((n) => problem.message.includes(n)))
        )
        .map(({ field, message }) => `unjustified: ${field} ${message}`)

describe("the capability matrix of images", () => {
  it("is enforced by both the planner and the emulator", async () => {
    const counts = { allowed: 0, forbidden: 0 }
    await fc.assert(
      fc.asyncProperty(cells, async (cell) => {
        counts[[...brokenLimits(cell)].length === 0 ? "allowed" : "forbidden"] += 1
        expect(await deviations(cell)).toEqual([])
      }),
      { numRuns: 1500, seed: 20_261_122 }
    )
    expect(counts.allowed).toBeGreaterThan(100)
    expect(counts.forbidden).toBeGreaterThan(500)
  })
})
