import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { FontFiles } from "../media/typeface.ts"

const require = createRequire(import.meta.url)
const fontPackage = "@fontsource-variable/noto-sans-sc"
const read = (file: string): Buffer => readFileSync(require.resolve(`${fontPackage}/${file}`))

/** Noto Sans SC (SIL Open Font License) from its package. Reads the disk while a text is set: for the media worker. */
export const fontFiles = (): FontFiles => ({
  unicodeRanges: JSON.parse(read("unicode.json").toString("utf8")) as Record<string, string>,
  // The table names numbered subsets "[21]", the files do not.
  readSubset: (name) => read(`files/noto-sans-sc-${name.replaceAll(/[[\]]/g, "")}-wght-normal.woff2`)
})
