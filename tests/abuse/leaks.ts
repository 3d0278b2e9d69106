import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** The forms in which a secret might leak: verbatim, encoded, and its beginning. */
const formsOf = (secret: string): ReadonlyArray<string> => [
  secret,
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("base64url"),
  encodeURIComponent(secret),
  Buffer.from(secret).toString("hex"),
  secret.slice(0, 8),
  secret.slice(-8)
]

/** The same text as a reader may decode it. */
const decodings: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  (text) =>
    text.replaceAll(/%(?:25)*([0-9a-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
  (text) =>
    text.replaceAll(/\\{1,4}(?:u00|x)([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16))
    ),
  (text) => text.replaceAll(/&#x([0-9a-f]{2});/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
  (text) => text.replaceAll(/&#(\d{2,3});/g, (_, code: string) => String.fromCodePoint(Number(code))),
  (text) => text.replaceAll(/\\+(?=[^\w\s])/g, "")
]

/** The secrets that a text contains, including base64-encoded parts, each as `name: form`. */
export const leaksIn = (text: string, secrets: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const decoded = text.match(/[\w+/-]{12,}/g)?.map((word) => Buffer.from(word, "base64").toString("latin1")) ?? []
  const all = [...decodings.map((decode) => decode(text)), ...decoded].join("\n").toLowerCase()
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret)
      .filter((form) => all.includes(form.toLowerCase()))
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
