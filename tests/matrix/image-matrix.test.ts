import {
  describeRequest,
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
import { answerOf } from "./answer-of.ts"

interface ImageCell {
  readonly model: ImageModel
  readonly resolution: string | undefined
  readonly n: number | undefined
  readonly aspectRatio: string | undefined
  readonly image: boolean
  readonly negativePrompt: boolean
}

const maybe = <A>(values: ReadonlyArray<A>) => fc.option(fc.constantFrom(...values), { nil: undefined })
const picture = "https://media.example/lighthouse.png"

const cells: fc.Arbitrary<ImageCell> = fc
  .record({
    model: fc.constantFrom(...imageModels),
    resolution: maybe(["1k", "2k", "4k", "8k", "720p"]),
    n: maybe([-1, 0, 1, 4, 9, 10, 100]),
    aspectRatio: maybe(["16:9", "1:1", "21:9", "auto", "5:4"]),
    image: fc.boolean(),
    negativePrompt: fc.boolean()
  })
  // How many single pictures 4.0 makes at once is not known; above nine the pack's slots would be the limit.
  .map((cell) => (cell.model.state === "live" || (cell.n ?? 0) <= 9 ? cell : { ...cell, n: 9 }))

const requestOf = (cell: ImageCell): ImageRequest => ({
  model: cell.model.id,
  prompt: "a lighthouse",
  ...(cell.resolution === undefined ? {} : { resolution: cell.resolution }),
  ...(cell.n === undefined ? {} : { n: cell.n }),
  ...(cell.aspectRatio === undefined ? {} : { aspectRatio: cell.aspectRatio }),
  ...(cell.image ? { image: picture } : {}),
  ...(cell.negativePrompt ? { negativePrompt: "rain" } : {})
})

/** A field that breaks a limit of the table, and what a refusal has to name, one of it. */
type Broken = readonly [field: string, names: ReadonlyArray<string>]

function* brokenLimits(cell: ImageCell): Generator<Broken> {
  const { model, resolution, n, aspectRatio } = cell
  const known: ReadonlyArray<string> = model.resolutions
  if (resolution !== undefined && !known.includes(resolution)) yield ["resolution", known]
  if (aspectRatio !== undefined && !model.aspectRatios.includes(aspectRatio)) yield ["aspectRatio", model.aspectRatios]
  if (n !== undefined && n < 1) yield ["n", ["nearest: 1"]]
  if (n !== undefined && n > model.maxImages) yield ["n", [`nearest: ${model.maxImages}`]]
  const plain = model.operations.includes("legacy.images.generations")
  if (cell.negativePrompt && !plain) yield ["negativePrompt", ["not a parameter"]]
  if (cell.negativePrompt && plain && cell.image) yield ["negativePrompt", ["leave one of them out"]]
}

const rawRequest = (cell: ImageCell): { readonly path: string; readonly body: unknown } => {
  const { resolution, n, aspectRatio: aspect_ratio } = cell
  const prompt = "a lighthouse"
  if (cell.model.state === "unconfirmed") {
    const contents = [{ type: "prompt", text: prompt }, ...(cell.image ? [{ type: "refer_image", url: picture }] : [])]
    return { path: `/image-generation/${cell.model.id}`, body: { contents, settings: { resolution, n, aspect_ratio } } }
  }
  const omni = cell.model.operations.includes("legacy.images.omni-image")
  const image = omni
    ? { image_list: cell.image ? [{ image: picture }] : undefined }
    : { image: cell.image ? picture : undefined }
  const negative_prompt = cell.negativePrompt ? "rain" : undefined
  return {
    path: omni ? "/v1/images/omni-image" : "/v1/images/generations",
    body: { model_name: cell.model.id, prompt, negative_prompt, resolution, n, aspect_ratio, ...image }
  }
}

/** Where the planner, or Kling's side, goes by something else than the table. */
const strays = async (cell: ImageCell): Promise<ReadonlyArray<string>> => {
  const broken = [...brokenLimits(cell)]
  const plan = Effect.runSync(Effect.result(planImage(requestOf(cell))))
  const raw = rawRequest(cell)
  const { code } = await answerOf(raw.path, raw.body)
  // A path ignores what it has no field for: there only the planner can say so.
  const said = broken.some(([field]) => field !== "negativePrompt" || raw.path === "/v1/images/generations")
  return [
    ...(said === (code !== 0) ? [] : [said ? "Kling's side took it" : "Kling's side refused it"]),
    ...(Result.isFailure(plan) ? unfairnessOf(broken, plan.failure) : await plannedStrays(broken, plan.success))
  ]
}

const plannedStrays = async (broken: ReadonlyArray<Broken>, plan: Plan): Promise<ReadonlyArray<string>> => {
  const { path, body } = describeRequest(plan)
  const { code, message } = await answerOf(path, body)
  return [
    ...broken.map(([field]) => `${field} is not possible, yet it was planned`),
    ...(code === 0 ? [] : [`refused what was planned: ${message}`])
  ]
}

const unfairnessOf = (broken: ReadonlyArray<Broken>, { reason, message }: KlingError): ReadonlyArray<string> =>
  reason._tag !== "InvalidInput"
    ? [`not a refusal: ${message}`]
    : reason.problems
        .filter(
          (one) => !broken.some(([name, names]) => name === one.field && names.some((n) => one.message.includes(n)))
        )
        .map((one) => `unfair: ${one.field} ${one.message}`)

describe("the capability matrix of pictures", () => {
  it("is what both the planner and Kling's side go by", async () => {
    const seen = { allowed: 0, forbidden: 0 }
    await fc.assert(
      fc.asyncProperty(cells, async (cell) => {
        seen[[...brokenLimits(cell)].length === 0 ? "allowed" : "forbidden"] += 1
        expect(await strays(cell)).toEqual([])
      }),
      { numRuns: 1500, seed: 20_261_122 }
    )
    expect(seen.allowed).toBeGreaterThan(100)
    expect(seen.forbidden).toBeGreaterThan(500)
  })
})
