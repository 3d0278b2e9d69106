import { type AnyRequest, makesJob, requests } from "@klingkit/core/requests"
import { describe, expect, it } from "vitest"
import { drawInputs } from "./draw-inputs.ts"
import { faces, sentBy } from "./faces.ts"

const made = requests.filter(makesJob).map((request): readonly [string, AnyRequest] => [request.id, request])
const drawnEach = 2

describe("the same request", () => {
  it.each(made)(
    "%s has the same body by every face, whatever its input",
    async (_, request) => {
      const inputs = drawInputs(request, drawnEach, 20_261_130)
      const reached = new Set<string>()
      for (const input of inputs) {
        const runs = Object.entries(faces).map(
          async ([face, made]) => [face, await sentBy(made, request, input)] as const
        )
        const sent = (await Promise.all(runs)).filter(([, bodies]) => bodies !== undefined)
        const [, expected = []] = sent.find(([face]) => face === "program") ?? []
        expect([input, expected.length > 0]).toEqual([input, true])
        for (const [face, bodies] of sent) {
          expect({ face, input, bodies }).toEqual({ face, input, bodies: expected })
          reached.add(face)
        }
      }
      expect([...reached].toSorted()).toEqual(Object.keys(faces).toSorted())
    },
    120_000
  )
})
