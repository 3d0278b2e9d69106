import { allPaths, readText } from "../house/source-file.ts"

/** The text of all reference pages. */
export const referenceText = (): string =>
  allPaths("docs/reference/")
    .map((path) => readText(path))
    .join("\n")

/** The section of one operation; there is exactly one. */
export const sectionOf = (id: string): string => {
  const sections = referenceText()
    .split(/^## /m)
    .filter((section) => section.startsWith(`${id}\n`))
  if (sections.length !== 1) throw new Error(`${id} has ${sections.length} sections`)
  return sections[0] ?? ""
}

/** The contents of the fenced code blocks of one language. */
export const blocksOf = (text: string, language: string): ReadonlyArray<string> =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block)
