import type { SourceFile } from "./source-file.ts"

const linesMax = 400
const foldersMax = 4
const meaningless = /^(utils?|helpers?|common|misc)$/

const lineCount = ({ text }: SourceFile): number => text.trimEnd().split("\n").length

const isGenerated = ({ path }: SourceFile): boolean => /\/generated\/|\.generated\.tsx?$/.test(path)

/** The problems of a file's length, depth or name. */
export const shapeProblems = (file: SourceFile): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const parts = file.inRoom.split("/")
  const folders = parts.slice(parts[0] === "src" ? 1 : 0, -1)
  const base = parts.at(-1) ?? ""
  if (lineCount(file) > linesMax && !isGenerated(file)) {
    problems.push(`has ${lineCount(file)} lines; at most ${linesMax}`)
  }
  if (folders.length > foldersMax) problems.push(`is ${folders.length} folders deep; at most ${foldersMax}`)
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.tsx?$/.test(base)) problems.push("is not named in kebab-case")
  for (const name of [...folders, base.split(".")[0] ?? ""]) {
    if (meaningless.test(name)) problems.push(`"${name}" does not say what is inside`)
  }
  return problems.map((problem) => `${file.path}: ${problem}`)
}

/** The median and the 90th percentile of the lengths, in lines. */
export const lengths = (files: ReadonlyArray<SourceFile>): { readonly median: number; readonly p90: number } => {
  const sorted = files.map(lineCount).toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { median: at(0.5), p90: at(0.9) }
}
