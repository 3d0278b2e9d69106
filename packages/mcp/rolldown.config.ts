import { readFileSync } from "node:fs"
import { defineConfig, type Plugin } from "rolldown"

const source = (name: string): string => readFileSync(new URL(`board/${name}`, import.meta.url), "utf8")

/** In the order in which they apply. */
const styles = ["base.css", "player.css", "side.css", "responsive.css"]

/** Puts style and script into the page, and the page into a module: programs stay one file, wherever they run. */
const onePage: Plugin = {
  name: "one-page",
  buildStart() {
    for (const name of ["index.html", ...styles]) this.addWatchFile(new URL(`board/${name}`, import.meta.url).pathname)
  },
  generateBundle(_options, bundle) {
    for (const [fileName, chunk] of Object.entries(bundle)) {
      if (chunk.type !== "chunk") continue
      delete bundle[fileName]
      const html = source("index.html")
        .replaceAll(/>\s+</g, "><")
        .replace("<style></style>", () => `<style>${shortened(styles.map(source).join("\n"))}</style>`)
        .replace("<script></script>", () => `<script>${scriptSafe(chunk.code)}</script>`)
      const text = `export const boardPage = ${JSON.stringify(html.trim())}\n`
      this.emitFile({ type: "asset", fileName, source: text })
    }
  }
}

const shortened = (css: string): string =>
  css
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\s*([{};])\s*/g, "$1")
    .trim()

/** Inside a script element only these two would be read as markup. */
const scriptSafe = (code: string): string =>
  code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--").trim()

export default defineConfig({
  input: { "page.generated": "board/main.ts" },
  platform: "browser",
  plugins: [onePage],
  output: {
    dir: "src/board",
    entryFileNames: "[name].ts",
    format: "iife",
    // A chat's policy forbids eval. zod, inside the protocol library, tries it while it loads unless it is configured before;
    // the attempt would be caught, but reported as a violation.
    intro: "globalThis.__zod_globalConfig = { jitless: true };",
    minify: true,
    // Annotations are for bundlers; nothing bundles the page again.
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: false,
    cleanDir: false
  }
})
