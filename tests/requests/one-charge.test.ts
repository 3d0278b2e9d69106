import { type AnyRequest, makesJob, requests } from "@klingkit/core/requests"
import { expect, it } from "vitest"
import { drawInputs } from "./draw-inputs.ts"
import { drawSpellings } from "./draw-spellings.ts"
import { faces, tasksAfter } from "./faces.ts"

const seed = 20_261_201
const made = requests.filter(makesJob).map((request): readonly [string, AnyRequest] => [request.id, request])
const isFull = process.env["CI"] === "true"

// The program first, since it has words for every input. A line of a batch has a key of its own.
const inTurn = ["program", "tool", "command"].map((name) => faces[name] ?? expect.fail(`no face ${name}`))

it.each(made)(
  "%s is charged once, by whichever faces and in whichever spellings it is made again",
  async (_, request) => {
    for (const drawn of drawInputs(request, isFull ? 2 : 0, seed)) {
      const spellings = drawSpellings(request, drawn, isFull ? 8 : 4, seed)
      const runs = [drawn.input, ...spellings].flatMap((input, index) => {
        const face = inTurn[index % inTurn.length]
        return face === undefined ? [] : [{ face, input }]
      })
      const [first = 0, ...after] = await tasksAfter(request, drawn.credential, runs)
      // Kling may refuse a drawn model, which then is charged by no face.
      expect(first > 0 || drawn.input !== request.example).toBe(true)
      expect({ spellings, after }).toEqual({ spellings, after: after.map(() => first) })
    }
  },
  300_000
)
