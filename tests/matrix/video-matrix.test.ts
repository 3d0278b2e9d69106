import { describeRequest, type KlingError, planVideo } from "@klingkit/core"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answerOf } from "./answer-of.ts"
import { type Broken, brokenLimits } from "./broken-limits.ts"
import { rawRequest } from "./raw-video-request.ts"
import { plainCells, requestOf, type VideoCell, videoCells } from "./video-cells.ts"

const planned = (cell: VideoCell) => Effect.runSync(Effect.result(planVideo(requestOf(cell), cell.credential)))

/** A refusal is unfair when it blames a field that is in order, or names nothing that would be legal. */
const unfairnessOf = (broken: ReadonlyArray<Broken>, error: KlingError): ReadonlyArray<string> => {
  if (error.reason._tag !== "InvalidInput") return [`not a refusal: ${error.message}`]
  return error.reason.problems.flatMap(({ field, message }) => {
    const blamed = broken.filter((one) => one.field === field.replace(/\[\d+\]$/, ""))
    if (blamed.length === 0) return [`${field} is in order, yet it ${message}`]
    return blamed.some(({ names }) => names.some((name) => message.includes(name)))
      ? []
      : [`${field} names nothing legal: ${message}`]
  })
}

/** Where the planner goes by something else than the table. */
const plannerStrays = (cell: VideoCell): ReadonlyArray<string> => {
  const broken = [...brokenLimits(cell)]
  const plan = planned(cell)
  return Result.isFailure(plan)
    ? unfairnessOf(broken, plan.failure)
    : broken.map(({ field }) => `${field} is not possible, yet it was planned`)
}

/** Where Kling's side goes by something else: for the planned request, and for the same wish put into raw fields. */
const emulatorStrays = async (cell: VideoCell): Promise<ReadonlyArray<string>> => {
  const plan = planned(cell)
  const raw = rawRequest(cell)
  const said = [...brokenLimits(cell)].filter(({ field, oursOnly }) => oursOnly !== true && raw.says(field))
  const answer = await answerOf(raw.path, raw.body)
  const strays = Result.isFailure(plan) ? [] : [await ofPlanned(describeRequest(plan.success))]
  if (said.length > 0 && answer.code === 0) strays.push(`took ${said.map(({ field }) => field).join(" and ")}`)
  if (said.length === 0 && answer.code !== 0) strays.push(`refused a legal request: ${answer.message}`)
  return strays.filter((stray) => stray !== "")
}

const ofPlanned = async ({ path, body }: { readonly path: string; readonly body?: unknown }): Promise<string> => {
  const { code, message } = await answerOf(path, body)
  return code === 0 ? "" : `refused what was planned: ${message}`
}

describe("the capability matrix of clips", () => {
  it("is what the planner goes by: every model, resolution, length, sound and frame", () => {
    const strays = plainCells.flatMap((cell) =>
      plannerStrays(cell).map((stray) => `${JSON.stringify(requestOf(cell))}: ${stray}`)
    )
    expect(strays.slice(0, 20)).toEqual([])
  })

  it("is what both the planner and Kling's side go by, with references and on both paths", async () => {
    const seen = { allowed: 0, forbidden: 0 }
    await fc.assert(
      fc.asyncProperty(videoCells, async (cell) => {
        seen[[...brokenLimits(cell)].length === 0 ? "allowed" : "forbidden"] += 1
        expect([...plannerStrays(cell), ...(await emulatorStrays(cell))]).toEqual([])
      }),
      { numRuns: 3000, seed: 20_261_122 }
    )
    // A property over illegal cells alone would say little.
    expect(seen.allowed).toBeGreaterThan(500)
    expect(seen.forbidden).toBeGreaterThan(500)
  })
})
