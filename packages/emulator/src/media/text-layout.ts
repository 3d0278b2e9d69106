// Text layout: cleans text, wraps it between words or Chinese characters, and truncates it with an ellipsis if needed.
import { createMask, drawGlyph, type AlphaMask } from "./alpha-mask.ts"
import type { Typeface } from "./typeface.ts"

/** Untrusted text on one line: no control, format or unpaired characters, single spaces. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(/[\p{Cf}\p{Variation_Selector}]/gu, "")
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()

export const textWidthEms = (text: string, typeface: Typeface): number => {
  let width = 0
  for (const character of text) width += typeface(character).advanceEms
  return width
}

const scripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`
// A line may break after a space and around each East Asian character, but not before the punctuation that follows it.
const unbreakable = new RegExp(
  String.raw`[\p{Ps}\p{Pi}]*[${scripts}][\p{Pe}\p{Pf}\p{Po}\p{Pd}]*|[^\s${scripts}]+| `,
  "gu"
)

/** Lines no wider than `widthEms`; only a wider single character overflows. */
export const wrapText = (text: string, typeface: Typeface, widthEms: number): Array<string> => {
  const lines: Array<string> = []
  let line = ""
  const fits = (candidate: string) => textWidthEms(candidate.trimEnd(), typeface) <= widthEms
  const breakLine = () => {
    if (line.trim() !== "") lines.push(line.trim())
    line = ""
  }
  for (const [piece] of text.matchAll(unbreakable)) {
    if (!fits(line + piece)) breakLine()
    if (fits(piece)) {
      line += piece
      continue
    }
    for (const character of piece) {
      if (!fits(line + character)) breakLine()
      line += character
    }
  }
  breakLine()
  return lines
}

export interface TextBlock {
  readonly sizePixels: number
  readonly lines: ReadonlyArray<string>
}

export const lineHeightEms = 1.36

/** The largest size at which `text` fits the box; at the smallest size it is truncated with "…" if needed. */
export const fitText = (
  text: string,
  typeface: Typeface,
  box: { readonly width: number; readonly height: number },
  sizes: { readonly largest: number; readonly smallest: number }
): TextBlock => {
  for (let size = sizes.largest; ; size *= 0.93) {
    const sizePixels = Math.max(sizes.smallest, Math.round(size))
    const widthEms = box.width / sizePixels
    const lines = wrapText(text, typeface, widthEms)
    const maxLines = Math.max(1, Math.floor(box.height / (sizePixels * lineHeightEms)))
    if (lines.length <= maxLines) return { sizePixels, lines }
    if (sizePixels > sizes.smallest) continue
    const visible = lines.slice(0, maxLines)
    return { sizePixels, lines: [...visible.slice(0, -1), truncateLine(visible.at(-1) ?? "", typeface, widthEms)] }
  }
}

const truncateLine = (line: string, typeface: Typeface, widthEms: number): string => {
  const characters = [...line]
  while (characters.length > 0 && textWidthEms(`${characters.join("")}…`, typeface) > widthEms) characters.pop()
  return `${characters.join("").trimEnd()}…`
}

/** Rasterizes the lines into one mask with its top left corner at (x, y). */
export const rasterizeText = (
  { lines, sizePixels }: TextBlock,
  typeface: Typeface,
  x: number,
  y: number
): AlphaMask => {
  const width = Math.max(0, ...lines.map((line) => textWidthEms(line, typeface)))
  const mask = createMask(
    Math.floor(x),
    Math.floor(y),
    Math.ceil(width * sizePixels) + 2,
    Math.ceil(lines.length * lineHeightEms * sizePixels)
  )
  for (const [index, line] of lines.entries()) {
    let pen = x
    for (const character of line) {
      const glyph = typeface(character)
      drawGlyph(mask, glyph, sizePixels, pen, y + (index * lineHeightEms + 1.02) * sizePixels)
      pen += glyph.advanceEms * sizePixels
    }
  }
  return mask
}
