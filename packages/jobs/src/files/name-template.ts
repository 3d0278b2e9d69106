import { safeFileName } from "./file-name.ts"

/** What a name may be made of, each with its meaning. */
export const namePlaceholders = {
  date: "day of the request (UTC), 2026-09-20",
  time: "its time of day (UTC), 14-05-09",
  model: "the model, or the operation where there is none",
  prompt: "the first words of the prompt",
  handle: "the task's handle",
  index: "1, 2, ... of several results",
  ext: "the file's real type: mp4, png, ..."
} as const

export type NameFacts = Readonly<Record<Exclude<keyof typeof namePlaceholders, "index" | "ext">, string>>

/** Why a template cannot be used, or nothing. */
export const templateProblem = (template: string): string | undefined => {
  const unknown = [...template.matchAll(/\{([^{}]*)\}|[{}]/g)].find(([, name]) => !isPlaceholder(name))
  if (unknown !== undefined) {
    const known = Object.keys(namePlaceholders).map((name) => `{${name}}`)
    return `has ${JSON.stringify(unknown[0])}; it may hold ${known.join(", ")}`
  }
  const parts = template.split(/[/\\]/)
  if (parts.some((part) => /^\.{0,2}$/.test(part))) return "must be a path below the folder that ends in a name"
  return parts.slice(0, -1).some((part) => part.includes("{ext}")) ? "has {ext} in the name of a folder" : undefined
}

/** Without one a result is named after its handle. */
export const defaultTemplate = "{handle}.{ext}"

/**
 * The folders and the name that a template stands for. What is filled in comes from outside and never makes a folder of
 * its own; the number of a result and its type are added where the template leaves them out.
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
  const type = /\.(\{ext\}|\w{1,5})$/.exec(last)?.[0] ?? ""
  const number = count === 1 || template.includes("{index}") ? "" : `-${index + 1}`
  const stem = fill(last.slice(0, last.length - type.length))
  return {
    folders: parts.slice(0, -1).map(fill),
    name: `${stem}${number}${type === "" ? `.${extension}` : type.replace("{ext}", extension)}`
  }
}

const isPlaceholder = (name: string | undefined): boolean => name !== undefined && Object.hasOwn(namePlaceholders, name)
