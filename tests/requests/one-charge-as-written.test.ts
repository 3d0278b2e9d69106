import { type AnyRequest, makesJob, requests } from "@klingkit/core/requests"
import { expect, it } from "vitest"
import { drawArguments } from "./draw-arguments.ts"
import { drawInputs } from "./draw-inputs.ts"
import { callToolAs, faces, tasksAfter } from "./faces.ts"

const seed = 20_261_203
const made = requests.filter(makesJob).map((request): readonly [string, AnyRequest] => [request.id, request])
const isFull = process.env["CI"] === "true"
const asListed = faces["tool"] ?? expect.fail("no face tool")

it.each(made)(
  "%s is charged once, however a host writes its arguments",
  async (_, request) => {
    const spellings = drawArguments(isFull ? 24 : 8, seed)
    for (const { input, credential } of drawInputs(request, isFull ? 2 : 0, seed)) {
      const runs = [asListed, ...spellings.map(callToolAs)].map((face) => ({ face, input }))
      const [first = 0, ...after] = await tasksAfter(request, credential, runs)
      expect(first > 0 || input !== request.example).toBe(true)
      expect({ input, after }).toEqual({ input, after: after.map(() => first) })
    }
  },
  300_000
)
