import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The environment of a server whose clock is slow, and ahead by the milliseconds in this file: at first none. */
export const settableClock = (file: string) => {
  writeFileSync(file, "0")
  return {
    NODE_OPTIONS: `--import=${fileURLToPath(new URL("corpus/settable-clock.mjs", import.meta.url))}`,
    CLOCK_FILE: file
  }
}
