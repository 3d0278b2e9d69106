import { type Comment, parseSync, type Program } from "oxc-parser"
import type { SourceFile } from "./source-file.ts"

/** One way in which a file names another module. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly how: "import" | "type" | "import()" | "export" | "export *"
}

export interface Syntax {
  readonly program: Program
  readonly comments: ReadonlyArray<Comment>
  readonly imports: ReadonlyArray<Import>
  readonly lineAt: (offset: number) => number
}

/** Parses a file; throws on a syntax error. */
export const syntaxOf = (file: SourceFile): Syntax => {
  const { program, comments, module, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`)
  const lineAt = (offset: number) => file.text.slice(0, offset).split("\n").length

  const imports: Array<Import> = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    line: lineAt(start),
    how: entries.length > 0 && entries.every((entry) => entry.isType) ? "type" : "import"
  }))
  for (const { moduleRequest, start } of module.dynamicImports) {
    // Anything but one quoted name is kept as source text, which no border allows.
    const source = file.text.slice(moduleRequest.start, moduleRequest.end)
    imports.push({ specifier: source.replaceAll(/^["'`]|["'`]$/g, ""), line: lineAt(start), how: "import()" })
  }
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.moduleRequest === null) continue
    const how = entry.importName.name === null ? "export *" : "export"
    imports.push({ specifier: entry.moduleRequest.value, line: lineAt(entry.start), how })
  }
  return { program, comments, imports, lineAt }
}
