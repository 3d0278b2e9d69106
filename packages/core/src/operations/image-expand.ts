import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { integer, media, number, string } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { maxGrowth } from "./expanded-area.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"

interface Margins {
  readonly upExpansionRatio: number
  readonly downExpansionRatio: number
  readonly leftExpansionRatio: number
  readonly rightExpansionRatio: number
}

const margin = (path: string, side: string) =>
  number(path, {
    required: true,
    min: 0,
    max: 2,
    notes: `relative to the ${side} of the image; the new area is at most 3 times the old`
  })

export const imageExpand = operation({
  id: "legacy.images.expand",
  summary: "Extends an image beyond its edges",
  family: "expand",
  path: "/v1/images/editing/expand",
  since: "2025",
  params: {
    image: media("image", legacyImage, { required: true }),
    upExpansionRatio: margin("up_expansion_ratio", "height"),
    downExpansionRatio: margin("down_expansion_ratio", "height"),
    leftExpansionRatio: margin("left_expansion_ratio", "width"),
    rightExpansionRatio: margin("right_expansion_ratio", "width"),
    prompt: string("prompt", { maxLength: 2500 }),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "takes n concurrency slots" }),
    ...legacyOptions
  },
  rules: [
    orderedReferences({ image: ["image"] }),
    {
      name: "area-at-most-3-times",
      field: "upExpansionRatio",
      check: (input) => tooLarge(input)
    }
  ],
  price: ({ n = 1 }) => perImage("expand", "any size", n),
  expectedSeconds: ({ n = 1 }) => 20 + 8 * n,
  example: {
    image: "https://example.com/portrait.jpg",
    upExpansionRatio: 0.1,
    downExpansionRatio: 0.1,
    leftExpansionRatio: 0.5,
    rightExpansionRatio: 0.5
  }
})

function tooLarge(margins: Margins): string | undefined {
  const {
    upExpansionRatio: up,
    downExpansionRatio: down,
    leftExpansionRatio: left,
    rightExpansionRatio: right
  } = margins
  const growth = (1 + up + down) * (1 + left + right)
  // Decimal fractions drift in binary: exactly 3 must be accepted.
  if (growth <= maxGrowth + 1e-9) return undefined
  const scale = maxScale(up + down, left + right)
  const near = [up, down, left, right].map((ratio) => Math.floor(ratio * scale * 1000) / 1000)
  return (
    `and the others make the image (1 + ${up} + ${down}) x (1 + ${left} + ${right}) = ${Math.ceil(growth * 1000) / 1000} ` +
    `times as large; at most ${maxGrowth}. Closest valid: up ${near[0]}, down ${near[1]}, left ${near[2]}, right ${near[3]}`
  )
}

/** The factor for both margins, 0 to 1, at which (1 + height) x (1 + width) equals the maximum growth. */
function maxScale(height: number, width: number): number {
  const sum = height + width
  const product = height * width
  const more = maxGrowth - 1
  return product === 0 ? more / sum : (Math.sqrt(sum * sum + 4 * product * more) - sum) / (2 * product)
}
