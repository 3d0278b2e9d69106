import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openProduct, type Product } from "./open-board.ts"
import { makeScenes, type Scenes } from "./scenes.ts"

describe("photographs of the board, for people to look at", () => {
  let product: Product
  let scenes: Scenes
  beforeAll(async () => {
    product = await openProduct()
    scenes = await makeScenes(product)
  }, 60_000)
  afterAll(() => product.close())

  it.each([320, 720, 1280].flatMap((width) => (["light", "dark"] as const).map((theme) => [width, theme] as const)))(
    "at %i px, %s",
    async (width, theme) => {
      const board = await product.openPage({ width, theme })
      await board.page.emulateMedia({ reducedMotion: "reduce" })
      for (const name of ["finished", "form", "compared", "nine", "large", "failed", "refused", "running"] as const) {
        await scenes[name](board)
        expect((await board.photograph(name)).length).toBeGreaterThan(5000)
      }
      await scenes.finishAll()
      await board.close()
    }
  )
})
