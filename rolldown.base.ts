import { defineConfig, type RolldownOptions } from "rolldown"

/** One minified file per entry with everything inside, except the packages named in `external`. */
export const bundle = (entry: Record<string, string>, external: ReadonlyArray<string> = []): Array<RolldownOptions> =>
  Object.entries(entry).map(([name, input]) =>
    defineConfig({
      input: { [name]: input },
      platform: "node",
      external: external.map((id) => new RegExp(`^${id}(/|$)`)),
      output: { dir: "dist", entryFileNames: "[name].mjs", format: "esm", minify: true, codeSplitting: false }
    })
  )
