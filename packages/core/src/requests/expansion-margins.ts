import { maxGrowth } from "../operations/expanded-area.ts"
import type { ImageSize } from "./plan-context.ts"

/** What is added at each side, as fractions of the image's own height and width. */
interface Margins {
  readonly up: number
  readonly down: number
  readonly left: number
  readonly right: number
}

/** Less than a pixel of the largest image. */
const decimals = 4

/** The margins that give an image another aspect ratio, half at each side; or why there are none. */
export const marginsFor = (aspectRatio: string, size: ImageSize | undefined): Margins | string => {
  const ratio = ratioOf(aspectRatio)
  if (ratio === undefined) return "must be two numbers such as 16:9"
  if (size === undefined) {
    return "needs an image whose size is known here: an earlier result, a file or base64; or give {up}, {down}, {left}, {right}"
  }
  const { width, height } = size
  const growth = ratio / (width / height)
  const half = (fraction: number) => Number((fraction / 2).toFixed(decimals))
  const wider = half(growth - 1)
  const taller = half(1 / growth - 1)
  if (Math.max(growth, 1 / growth) > maxGrowth) {
    const farthest = growth > 1 ? [width * maxGrowth, height] : [width, height * maxGrowth]
    return `${aspectRatio} is too far from ${width}x${height} pixels: the image may become ${maxGrowth} times as large, at most ${farthest.join("x")}, or do it in two steps`
  }
  if (wider <= 0 && taller <= 0) return `${aspectRatio} is what the image has: it has ${width}x${height} pixels`
  return wider > 0 ? { up: 0, down: 0, left: wider, right: wider } : { up: taller, down: taller, left: 0, right: 0 }
}

const ratioOf = (text: string): number | undefined => {
  const [, width = "", height = ""] = /^(\d{1,5}(?:\.\d{1,5})?) ?[:x×/] ?(\d{1,5}(?:\.\d{1,5})?)$/i.exec(text) ?? []
  const ratio = Number(width) / Number(height)
  return width !== "" && Number.isFinite(ratio) && ratio > 0 ? ratio : undefined
}
