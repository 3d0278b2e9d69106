import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openProduct, type Product } from "./open-board.ts"
import { makeBoardStates, type BoardStates } from "./board-states.ts"

describe("screenshots of the board", () => {
  let product: Product
  let states: BoardStates
  beforeAll(async () => {
    product = await openProduct()
    states = await makeBoardStates(product)
  }, 60_000)
  afterAll(() => product.close())

  it.each([320, 720, 1280].flatMap((width) => (["light", "dark"] as const).map((theme) => [width, theme] as const)))(
    "at %i px, %s",
    async (width, theme) => {
      const board = await product.openPage({ width, theme })
      await board.page.emulateMedia({ reducedMotion: "reduce" })
      for (const name of ["finished", "form", "compared", "nine", "large", "failed", "refused", "running"] as const) {
        await states[name](board)
        expect((await board.screenshot(name)).length).toBeGreaterThan(5000)
      }
      await states.finishAll()
      await board.close()
    }
  )
})
