import { existsSync } from "node:fs"
import { allPaths, readText, root } from "../house/source-file.ts"

/** The pages for readers: the README and everything in docs. */
export const readPages = (): ReadonlyArray<string> => allPaths().filter((path) => /^(docs\/.*|README)\.md$/.test(path))

/** Links to a missing file or heading, each as `page: link`. */
export const brokenLinks = (page: string, text: string): ReadonlyArray<string> =>
  [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link) && !resolves(page, text, link))
    .map((link) => `${page}: ${link}`)

const resolves = (page: string, text: string, link: string): boolean => {
  const [file = "", anchor] = link.split("#", 2)
  const target = file === "" ? page : decodeURI(new URL(file, `file:///${page}`).pathname.slice(1))
  if (!existsSync(root + target)) return false
  return (
    anchor === undefined || !target.endsWith(".md") || anchors(target === page ? text : readText(target)).has(anchor)
  )
}

/** GitHub's anchors: letters, digits, hyphens and underscores of the heading stay; a repeated one gets a number. */
const anchors = (text: string): ReadonlySet<string> => {
  const counts = new Map<string, number>()
  const headings = [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-")
    const count = counts.get(anchor) ?? 0
    counts.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
  return new Set(headings)
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, "")
