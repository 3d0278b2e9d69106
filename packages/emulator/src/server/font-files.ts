import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { FontFiles } from "../media/typeface.ts"

const require = createRequire(import.meta.url)
const rangesFile = require.resolve("@fontsource-variable/noto-sans-sc/unicode.json")

/** Noto Sans SC (SIL Open Font License) from its package. Reads the disk synchronously: for the media worker only. */
export const fontFiles = (): FontFiles => ({
  unicodeRanges: JSON.parse(readFileSync(rangesFile, "utf8")) as Record<string, string>,
  readSubset: (name) => {
    // The table names numbered subsets "[21]", the files do not.
    const file = `noto-sans-sc-${name.replaceAll(/[[\]]/g, "")}-wght-normal.woff2`
    return readFileSync(join(dirname(rangesFile), "files", file))
  }
})
