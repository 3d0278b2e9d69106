import { closestMatch } from "@klingkit/core/internal"
import { safeFileName } from "./file-name.ts"
import { isMediaExtension } from "./name-problem.ts"

/** The placeholders of a name template and their meanings. */
export const namePlaceholders = {
  date: "date of the request (UTC), 2026-09-20",
  time: "time of the request (UTC), 14-05-09",
  model: "the model, or the operation if it has no model",
  prompt: "the first words of the prompt",
  handle: "the task's handle",
  take: "which of several results of the same request: 1, 2, ...",
  index: "number of the result: 1, 2, ...",
  ext: "extension by the file's real format: mp4, png, ...",
  id: "your own name for it: the id of a line of a file; otherwise the handle"
} as const

export type NameFacts = Readonly<Record<Exclude<keyof typeof namePlaceholders, "index" | "ext">, string>>

/** Why a template is not valid, or undefined. */
export const templateProblem = (template: string): string | undefined => {
  const unknown = [...template.matchAll(/\{([^{}]*)\}|[{}]/g)].find(([, name]) => !isPlaceholder(name))
  if (unknown !== undefined) {
    const names = Object.keys(namePlaceholders)
    const near = closestMatch(unknown[1] ?? "", names)
    const hint = near === undefined ? "" : `; did you mean {${near}}?`
    return `has unknown ${JSON.stringify(unknown[0])}; use ${names.map((name) => `{${name}}`).join(", ")}${hint}`
  }
  const parts = template.split(/[/\\]/)
  if (parts.some((part) => /^\.{0,2}$/.test(part))) return "must be a path below the folder that ends in a file name"
  return parts.slice(0, -1).some((part) => part.includes("{ext}")) ? "has {ext} in a folder name" : undefined
}

/** Names a result after its handle. */
export const defaultTemplate = "{handle}.{ext}"

/**
 * The folders and the file name of a template. Values are sanitized and cannot create folders; a missing result number
 * or media extension is added.
 */
export const fillTemplate = (
  template: string,
  facts: NameFacts,
  { index, count, extension }: { readonly index: number; readonly count: number; readonly extension: string }
): { readonly folders: ReadonlyArray<string>; readonly name: string } => {
  const values: Readonly<Record<string, string>> = { ...facts, index: String(index + 1), ext: extension }
  const fill = (part: string) =>
    safeFileName(part.replaceAll(/\{(\w+)\}/g, (_, name: string) => safeFileName(values[name] ?? "")))
  const parts = template.split(/[/\\]/)
  const last = parts.at(-1) ?? ""
  const [written = "", literal = ""] = /\.(\{ext\}|\w{1,5})$/.exec(last) ?? []
  // Any other ending is a part of the name: a result never becomes a program, or the sidecar of another.
  const type = literal === "{ext}" || literal === extension || isMediaExtension(literal) ? written : ""
  const number = count === 1 || template.includes("{index}") ? "" : `-${index + 1}`
  const stem = fill(last.slice(0, last.length - type.length))
  return {
    folders: parts.slice(0, -1).map(fill),
    name: `${stem}${number}${type === "" ? `.${extension}` : type.replace("{ext}", extension)}`
  }
}

const isPlaceholder = (name: string | undefined): boolean => name !== undefined && Object.hasOwn(namePlaceholders, name)
