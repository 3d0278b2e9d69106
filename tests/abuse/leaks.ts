import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** The forms in which a secret might leak: verbatim, encoded, and its beginning. */
const formsOf = (secret: string): ReadonlyArray<string> => [
  secret,
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("base64url"),
  encodeURIComponent(secret),
  Buffer.from(secret).toString("hex"),
  secret.slice(0, 8)
]

/** The secrets that a text contains, including base64-encoded parts, each as `name: form`. */
export const leaksIn = (text: string, secrets: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const decoded = text.match(/[\w+/-]{12,}/g)?.map((word) => Buffer.from(word, "base64").toString("latin1")) ?? []
  const all = [text, ...decoded].join("\n")
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret)
      .filter((form) => all.includes(form))
      .map((form) => `${name}: ${form}`)
  )
}

/** All file names and contents below a folder. */
export const writtenBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .map((name) => {
      const path = join(folder, name)
      return `${name}\n${statSync(path).isFile() ? readFileSync(path, "latin1") : ""}`
    })
    .join("\n")
