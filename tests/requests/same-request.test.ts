import { type AnyRequest, makesJob, requests } from "@klingkit/core/requests"
import { describe, expect, it } from "vitest"
import { drawInputs } from "./draw-inputs.ts"
import { faces, sentBy } from "./faces.ts"

const made = requests.filter(makesJob).map((request): readonly [string, AnyRequest] => [request.id, request])
/** Each input starts four programs. */
const drawnEach = process.env["CI"] === "true" ? 6 : 1

describe("the same request", () => {
  it.each(made)(
    "%s has the same body by every face, whatever its input",
    async (_, request) => {
      const all = drawInputs(request, drawnEach, 20_261_130)
      const reached = new Set<string>()
      for (const drawn of all) {
        const runs = Object.entries(faces).map(
          async ([face, made]) => [face, await sentBy(made, request, drawn)] as const
        )
        const sent = (await Promise.all(runs)).filter(([, bodies]) => bodies !== undefined)
        const [, expected = []] = sent.find(([face]) => face === "program") ?? []
        expect([drawn, expected.length > 0]).toEqual([drawn, true])
        for (const [face, bodies] of sent) {
          expect({ face, drawn, bodies }).toEqual({ face, drawn, bodies: expected })
          reached.add(face)
        }
      }
      expect([...reached].toSorted()).toEqual(Object.keys(faces).toSorted())
    },
    300_000
  )
})
