import type { SourceFile } from "./source-file.ts"
import { syntaxOf } from "./syntax.ts"

/** What a file of a room belongs to: its first folder below `src/`, or itself if it is directly there. */
const partOf = (inRoom: string): string => /^src\/([^/]+)/.exec(inRoom)?.[1] ?? inRoom

/** Which parts of a room each part imports, by value or by type. */
const importsOf = (files: ReadonlyArray<SourceFile>): ReadonlyMap<string, ReadonlySet<string>> => {
  const imports = new Map<string, Set<string>>()
  for (const file of files) {
    const from = partOf(file.inRoom)
    const targets = imports.get(from) ?? new Set()
    imports.set(from, targets)
    for (const { specifier } of syntaxOf(file).imports) {
      if (!specifier.startsWith(".")) continue
      const target = decodeURI(new URL(specifier, `file:///${file.inRoom}`).pathname.slice(1))
      if (partOf(target) !== from) targets.add(partOf(target))
    }
  }
  return imports
}

/** The circles among the folders of a room, each as `polling -> submit -> polling`. */
export const folderCircles = (files: ReadonlyArray<SourceFile>): ReadonlyArray<string> => {
  const imports = importsOf(files.filter(({ isTest }) => !isTest))
  const done = new Set<string>()
  const circles: Array<string> = []
  const visit = (part: string, path: ReadonlyArray<string>): void => {
    const start = path.indexOf(part)
    if (start !== -1) return void circles.push([...path.slice(start), part].join(" -> "))
    if (done.has(part)) return
    for (const target of imports.get(part) ?? []) visit(target, [...path, part])
    done.add(part)
  }
  for (const part of imports.keys()) visit(part, [])
  return circles
}
