import { defineConfig, type RolldownOptions } from "rolldown"

const minified = { dir: "dist", entryFileNames: "[name].mjs", format: "esm", minify: true } as const

const outside = (external: ReadonlyArray<string>): Array<RegExp> => external.map((id) => new RegExp(`^${id}(/|$)`))

/** One minified file per entry with everything inside, except the packages named in `external`. */
export const bundle = (entry: Record<string, string>, external: ReadonlyArray<string> = []): Array<RolldownOptions> =>
  Object.entries(entry).map(([name, input]) =>
    defineConfig({
      input: { [name]: input },
      platform: "node",
      external: outside(external),
      output: { ...minified, codeSplitting: false }
    })
  )

/**
 * An app: what every start needs, and files beside it for what only some calls need (`import()`). Inside one file such
 * code would be waited for at each start, and so would all that it shares with the rest.
 */
export const app = (external: ReadonlyArray<string> = []): RolldownOptions =>
  defineConfig({
    input: { main: "src/main.ts" },
    platform: "node",
    external: outside(external),
    output: { ...minified, cleanDir: true, chunkFileNames: "[name].mjs", codeSplitting: true }
  })
