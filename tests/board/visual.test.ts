import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeBoardStates, type BoardStates } from "./board-states.ts"
import { layoutProblems, visibleSigns } from "./layout-problems.ts"
import { type BoardPage, openProduct, type Product } from "./open-board.ts"

const widths = [320, 720, 1280]

/** What tells the states apart: the signs that a user sees in each of them, and the number of results on display. */
const signs = {
  running: { texts: ["Submitted", "Usually about"], media: 0 },
  finished: { texts: ["Ready ·", "Charged", "Save", "Extend"], media: 1 },
  form: { texts: ["Ready ·", "Charged", "Save", "Extend", "charged separately", "Generate again"], media: 1 },
  picking: { texts: ["Ready ·", "Charged", "Save", "Extend", "Pick one to compare with"], media: 1 },
  compared: { texts: ["Ready ·", "Play both", "End comparison"], media: 2 },
  nine: { texts: ["Ready ·", "Charged", "Save", "Save all 9"], media: 9 },
  large: { texts: ["Ready ·", "Charged", "Save", "Save all 9", "3 of 9"], media: 1 },
  failed: { texts: ["Charged", "Failed", "Kling says", "Please change the prompt."], media: 0 },
  refused: { texts: ["Charged", "Not completed"], media: 0 }
} as const

const allTexts = [...new Set(Object.values(signs).flatMap(({ texts }): ReadonlyArray<string> => texts))]

describe("what a user sees of the board", () => {
  let product: Product
  let states: BoardStates
  let board: BoardPage
  beforeAll(async () => {
    product = await openProduct()
    states = await makeBoardStates(product)
    board = await product.openPage()
    await board.page.emulateMedia({ reducedMotion: "reduce" })
  })
  afterAll(() => product.close())

  it.each(Object.keys(signs) as ReadonlyArray<keyof typeof signs>)(
    "is complete, and tells the state apart, on a phone, in a chat and on a screen: %s",
    async (name) => {
      await states[name](board)
      for (const width of widths) {
        await board.fit(width)
        const { media } = signs[name]
        const texts: ReadonlyArray<string> = signs[name].texts
        const seen = await board.frame().evaluate(visibleSigns, allTexts)
        expect({ width, ...seen, texts: seen.texts.toSorted() }).toEqual({ width, media, texts: texts.toSorted() })
        expect({ width, problems: await board.frame().evaluate(layoutProblems) }).toEqual({ width, problems: [] })
      }
    }
  )

  it.each([
    ["is 600 px wide", "main { min-width: 600px }"],
    ["is outside the window", "#actions { position: relative; left: -40px }"],
    ["is cut off", "#form p { height: 8px; overflow: hidden }"],
    [
      "leaves its button",
      "#actions button { max-height: 24px; min-height: 24px; width: 30px; padding: 0; white-space: nowrap }"
    ],
    ["is too small to hit", "#actions button { min-height: 10px; line-height: 10px }"],
    ["overlaps", "#actions button { margin-right: -40px }"]
  ])("would be noticed if it broke: content that %s", async (problem, css) => {
    await states.form(board)
    await board.fit(320)
    await board.frame().addStyleTag({ content: css })
    expect((await board.frame().evaluate(layoutProblems)).join("\n")).toContain(problem)
  })

  it.each(["opacity: 0", "visibility: hidden", "display: none", "position: absolute; left: -900px"])(
    "would be noticed if it broke: text with %s",
    async (css) => {
      await states.failed(board)
      await board.fit(320)
      await board.frame().addStyleTag({ content: `#player q { ${css} }` })
      expect((await board.frame().evaluate(visibleSigns, allTexts)).texts).not.toContain("Please change the prompt.")
    }
  )
})
