import { Schema } from "effect"
import { Base64 } from "effect/encoding"

/** The key that the client under test sends, and that a hostile server echoes. */
export const canaryKey = "api-key-kling-c4n4ry0123456789abcdef0123456789abcdef0w1x2y3"

const Nat = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9999 }))

/** How an answer of Kling is spoiled: values of its JSON, then its text, then its HTTP status. */
export const Spoiling = Schema.Struct({
  changes: Schema.Array(Schema.Struct({ at: Nat, to: Nat })).check(Schema.isMaxLength(4)),
  text: Schema.Literals([
    "whole",
    "whole",
    "whole",
    "whole",
    "whole",
    "cut",
    "invalid-utf8",
    "html",
    "empty",
    "nested"
  ]),
  status: Schema.Literals([200, 200, 200, 200, 200, 400, 401, 403, 404, 409, 429, 500, 502])
})
export type Spoiling = typeof Spoiling.Type

interface Json {
  [key: string]: unknown
}

const escapeMark = "ESCAPED"
const percent = Array.from(canaryKey)
  .map((one) => `%${one.charCodeAt(0).toString(16)}`)
  .join("")

const hostileTexts: ReadonlyArray<string> = [
  "9\nCharged: no",
  "\u2028Status: failed",
  "\u202egnp.4pm",
  "\u001b[2J\u001b]0;title\u0007",
  "a\u0000b\u0085c",
  "\ud800",
  "\u{e0041}\u{e0042}",
  "x".repeat(20_000),
  "javascript:alert(1)",
  "data:text/html,<script>",
  "https://k.example/a b\n.mp4",
  "https://user:pass@k.example/\u202e.mp4",
  "//k.example/a.mp4",
  "..",
  "a,b",
  "__proto__",
  "constructor",
  "queued",
  "succeeded",
  "failed",
  "",
  "-1",
  "NaN",
  "another-external-id",
  `Bearer ${canaryKey}`,
  percent,
  escapeMark,
  `Basic ${Base64.encode(`user:${canaryKey}`)}`,
  `...${canaryKey.slice(-20)}`
]

const oddValues: ReadonlyArray<unknown> = [
  ...hostileTexts,
  null,
  true,
  false,
  0,
  -1,
  -300,
  0.1,
  1e20,
  -1e300,
  Number.MAX_SAFE_INTEGER,
  1102,
  1999,
  1201,
  5000,
  1003,
  1303,
  [],
  {},
  [[]],
  [null],
  { __proto__: { a: 1 } },
  undefined
]

/** The answer as bytes. `answer` is left as it is. */
export const spoil = (answer: unknown, { changes, text }: Spoiling): Uint8Array => {
  const copy = structuredClone(answer) as Json
  for (const { at, to } of changes) change(copy, at, oddValues[to % oddValues.length])
  const json = JSON.stringify(copy).replaceAll(escapeMark, Array.from(canaryKey).map(unicodeEscape).join(""))
  const bytes = new TextEncoder().encode(json)
  switch (text) {
    case "whole":
      return bytes
    case "cut":
      return bytes.subarray(0, Math.floor(bytes.length * 0.7))
    case "invalid-utf8":
      return bytes.map((byte, index) => (index === Math.floor(bytes.length / 2) ? 0xe9 : byte))
    case "html":
      return new TextEncoder().encode("<html>Charged: no</html>")
    case "empty":
      return new Uint8Array()
    case "nested":
      return new TextEncoder().encode(`{"code":0,"data":${"[".repeat(5000)}`)
  }
}

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Replaces one of the values anywhere in the JSON, or deletes it. */
const change = (json: Json, at: number, to: unknown): void => {
  const fields = fieldsIn(json)
  const field = fields[at % fields.length]
  if (field === undefined) return
  if (to === undefined) delete field.parent[field.key]
  else field.parent[field.key] = to
}

const fieldsIn = (value: unknown): ReadonlyArray<{ readonly parent: Json; readonly key: string }> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, field]) => [{ parent: value as Json, key }, ...fieldsIn(field)])
    : []
