import { describeRequest, type KlingError, planVideo } from "@klingkit/core"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { answerOf } from "./emulator-answer.ts"
import { type Broken, brokenLimits } from "./broken-limits.ts"
import { rawRequest } from "./raw-video-request.ts"
import { plainCells, requestOf, type VideoCell, videoCells } from "./video-cells.ts"

const planned = (cell: VideoCell) => Effect.runSync(Effect.result(planVideo(requestOf(cell), cell.credential)))

/** A refusal is unjustified when it reports a valid field, or names no legal value. */
const unjustifiedProblems = (broken: ReadonlyArray<Broken>, error: KlingError): ReadonlyArray<string> => {
  if (error.reason._tag !== "InvalidInput") return [`not a refusal: ${error.message}`]
  return error.reason.problems.flatMap(({ field, message }) => {
    const violated = broken.filter((limit) => limit.field === field.replace(/\[\d+\]$/, ""))
    if (violated.length === 0) return [`${field} is valid, but it ${message}`]
    return violated.some(({ names }) => names.some((name) => message.includes(name)))
      ? []
      : [`${field} names nothing legal: ${message}`]
  })
}

/** Where the planner deviates from the table. */
const plannerDeviations = (cell: VideoCell): ReadonlyArray<string> => {
  const broken = [...brokenLimits(cell)]
  const plan = planned(cell)
  return Result.isFailure(plan)
    ? unjustifiedProblems(broken, plan.failure)
    : broken.map(({ field }) => `${field} is not possible, but was planned`)
}

/** Where the emulator deviates from the table: for the planned request, and for the same request as raw fields. */
const emulatorDeviations = async (cell: VideoCell): Promise<ReadonlyArray<string>> => {
  const plan = planned(cell)
  const raw = rawRequest(cell)
  const refusable = [...brokenLimits(cell)].filter(({ field, oursOnly }) => oursOnly !== true && raw.hasField(field))
  const answer = await answerOf(raw.path, raw.body)
  const deviations = Result.isFailure(plan) ? [] : [await ofPlanned(describeRequest(plan.success))]
  if (refusable.length > 0 && answer.code === 0)
    deviations.push(`accepted ${refusable.map(({ field }) => field).join(" and ")}`)
  if (refusable.length === 0 && answer.code !== 0) deviations.push(`refused a legal request: ${answer.message}`)
  return deviations.filter((deviation) => deviation !== "")
}

const ofPlanned = async ({ path, body }: { readonly path: string; readonly body?: unknown }): Promise<string> => {
  const { code, message } = await answerOf(path, body)
  return code === 0 ? "" : `refused the planned request: ${message}`
}

describe("the capability matrix of videos", () => {
  it("is enforced by the planner: every model, resolution, duration, audio and frame", () => {
    const deviations = plainCells.flatMap((cell) =>
      plannerDeviations(cell).map((deviation) => `${JSON.stringify(requestOf(cell))}: ${deviation}`)
    )
    expect(deviations.slice(0, 20)).toEqual([])
  })

  it("is enforced by both the planner and the emulator, with references and on both paths", async () => {
    const counts = { allowed: 0, forbidden: 0 }
    await fc.assert(
      fc.asyncProperty(videoCells, async (cell) => {
        counts[[...brokenLimits(cell)].length === 0 ? "allowed" : "forbidden"] += 1
        expect([...plannerDeviations(cell), ...(await emulatorDeviations(cell))]).toEqual([])
      }),
      { numRuns: 3000, seed: 20_261_122 }
    )
    // A property over illegal cells alone would prove little.
    expect(counts.allowed).toBeGreaterThan(500)
    expect(counts.forbidden).toBeGreaterThan(500)
  })
})
