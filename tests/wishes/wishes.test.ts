import { describe, expect, it } from "vitest"
import { fromImages } from "./from-images.ts"
import { newVideos } from "./new-videos.ts"
import { people } from "./people.ts"
import { playWish } from "./play-wish.ts"
import { questions } from "./questions.ts"
import { stories } from "./stories.ts"
import { rows } from "./wishes-page.ts"

const wishes = [...newVideos, ...fromImages, ...people, ...questions, ...stories]

describe("the table of docs/wishes.md", () => {
  it("has every wish of these tests, and no other", () => {
    const byNumber = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true })
    expect(rows.map(({ row }) => row)).toEqual(wishes.map(({ row }) => row).toSorted(byNumber))
  })

  it("counts the calls that it names", () => {
    expect(rows.filter(({ tools, calls }) => tools.length !== calls)).toEqual([])
  })
})

describe.each(rows.map((row) => [row.row, row.says, row] as const))("wish %s: %s", (_, __, row) => {
  it("takes the calls, the price and the traffic of the page", async () => {
    const wish = wishes.find((known) => known.row === row.row)
    if (wish === undefined) throw new Error(`no wish has the row ${row.row}`)
    await playWish(wish, async ({ answers, charges, ...played }, host) => {
      const bytes = sumOf(answers.map((answer) => answer.bytes))
      expect({
        tools: wish.calls.map(({ tool }) => tool),
        notListed: row.tools.filter((tool) => !host.tools.includes(tool)),
        refused: answers.filter(({ isError }) => isError).length,
        charged: charges.map(({ operation }) => operation).toSorted(),
        usd: Number(sumOf(charges.map(({ usd }) => usd)).toFixed(6)),
        traffic: bytes <= row.maxBytes && bytes > row.maxBytes * leastShareOfBound ? "as on the page" : `${bytes} bytes`
      }).toEqual({
        tools: row.tools,
        notListed: [],
        refused: row.refused,
        charged: wish.charges.toSorted(),
        usd: row.usd,
        traffic: "as on the page"
      })
      await wish.outcome?.({ answers, charges, ...played })
    })
  }, 180_000)
})

/** Ids, ports and folders differ in length; a bound that nothing comes near would say nothing. */
const leastShareOfBound = 0.8

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, number) => sum + number, 0)
