// Glyph outlines for the characters of one text, from Noto Sans SC: a variable font that its package splits into about
// a hundred WOFF2 subsets. Only the subsets that the text needs are read.
import { create, type Font, type PathCommand } from "fontkitten"
import wawoff2 from "wawoff2"

/** Where the font comes from; the server half reads it from the font's package. */
export interface FontFiles {
  /** Subset name to CSS `unicode-range`. A later subset wins over an earlier one. */
  readonly unicodeRanges: Readonly<Record<string, string>>
  /** The WOFF2 bytes of one subset. */
  readonly readSubset: (name: string) => Uint8Array
}

/** Outline and width in ems; y points up from the baseline. */
export interface Glyph {
  readonly outline: ReadonlyArray<PathCommand>
  readonly unitsPerEm: number
  readonly advanceEms: number
}

export type Typeface = (character: string) => Glyph

const weight = 500

const rectangle = (left: number, bottom: number, right: number, top: number): Array<PathCommand> => [
  { command: "moveTo", args: [left, bottom] },
  { command: "lineTo", args: [left, top] },
  { command: "lineTo", args: [right, top] },
  { command: "lineTo", args: [right, bottom] },
  { command: "closePath", args: [] }
]

/** An empty box for every character that the font lacks (Hangul, emoji, scripts that need shaping). */
const missing: Glyph = {
  // The inner rectangle runs in the opposite direction, which makes it a hole.
  outline: [...rectangle(80, -40, 680, 740), ...rectangle(620, 20, 140, 680)],
  unitsPerEm: 1000,
  advanceEms: 0.76
}

const parseRanges = (ranges: string): ReadonlyArray<readonly [first: number, last: number]> =>
  ranges.split(",").map((range) => {
    const [first = "", last = first] = range.trim().slice("U+".length).split("-")
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)]
  })

let lastDecompression: Promise<unknown> = Promise.resolve()

/** TrueType bytes of a WOFF2 file. Serialized and copied, because each call overwrites the previous result. */
const decompress = (woff2: Uint8Array): Promise<Uint8Array> => {
  const trueType = lastDecompression.then(async () => (await wawoff2.decompress(woff2)).slice())
  lastDecompression = trueType.catch(() => undefined)
  return trueType
}

const openSubset = async (woff2: Uint8Array): Promise<Font> => {
  // fontkitten reads WOFF2 too, but then cannot vary the weight, which is the hairline 100 by default. It asks for a
  // Buffer by type only.
  const font = create((await decompress(woff2)) as Parameters<typeof create>[0])
  if (font.isCollection) throw new TypeError("a font file with one font was expected")
  return font.getVariation({ wght: weight })
}

/** Loads the glyphs of `text`; the returned typeface draws other characters as boxes. */
export const openTypeface = async (text: string, files: FontFiles): Promise<Typeface> => {
  const subsets = Object.entries(files.unicodeRanges)
    .toReversed()
    .map(([name, ranges]) => ({ name, ranges: parseRanges(ranges) }))
  const fonts = new Map<string, Font>()
  const glyphs = new Map<string, Glyph>()
  for (const character of new Set(text)) {
    const code = character.codePointAt(0) ?? 0
    for (const { name, ranges } of subsets) {
      if (!ranges.some(([first, last]) => code >= first && code <= last)) continue
      const font = fonts.get(name) ?? (await openSubset(files.readSubset(name)))
      fonts.set(name, font)
      // Some subsets lack characters of their declared range.
      if (!font.hasGlyphForCodePoint(code)) continue
      const glyph = font.glyphForCodePoint(code)
      const { unitsPerEm } = font
      glyphs.set(character, {
        outline: glyph.path.commands,
        unitsPerEm,
        advanceEms: glyph.advanceWidth / unitsPerEm
      })
      break
    }
  }
  return (character) => glyphs.get(character) ?? missing
}
