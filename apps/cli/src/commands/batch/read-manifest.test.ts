import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { batchFile } from "../../testing/batch-file.ts"

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const utf16 = (text: string) => {
  const units = Uint16Array.from(`\ufeff${text}`, (character) => character.charCodeAt(0))
  return new Uint8Array(units.buffer)
}

const comma = 'id,prompt,aspect-ratio\r\nfox,A süßer Fuchs,16:9\r\nboat,"A boat, in rain",9:16\r\n'
const swap = (text: string, separator: string) =>
  text.replaceAll(/"[^"]*"|,/g, (match) => (match === "," ? separator : match))
const prompts = ["A süßer Fuchs", "A boat, in rain"]

const promptsOf = (answer: unknown) =>
  (answer as { readonly lines: ReadonlyArray<{ readonly input: { readonly prompt: string } }> }).lines.map(
    ({ input }) => input.prompt
  )

describe("a batch file", () => {
  it.live.each([
    ["with commas", "a.csv", comma, []],
    ["with semicolons", "a.csv", swap(comma, ";"), []],
    ["with tabs", "a.tsv", swap(comma, "\t"), []],
    ["that names its separator", "a.csv", `sep=;\r\n${swap(comma, ";")}`, []],
    ["with a byte order mark", "a.csv", `\ufeff${comma}`, []],
    ["in UTF-16", "a.csv", utf16(comma), []],
    ["in the encoding that is named", "a.csv", latin1(comma), ["--encoding", "latin1"]],
    ["with empty rows and a separator too many", "a.csv", 'prompt,\n,\nA süßer Fuchs,\n\n"A boat, in rain",\n', []],
    ["of JSON with a byte order mark", "a.json", `\ufeff${JSON.stringify(prompts.map((prompt) => ({ prompt })))}`, []]
  ] as const)("is read %s", ([, name, content, flags]) =>
    Effect.gen(function* () {
      const { run } = yield* batchFile(name, content)
      const { exitCode, answer } = yield* run("--dry-run", ...flags)
      expect([exitCode, promptsOf(answer)]).toEqual([0, prompts])
    }).pipe(Effect.scoped)
  )

  it.live("keeps the zeros of an id", () =>
    Effect.gen(function* () {
      for (const [name, content] of [
        ["a.csv", "id,prompt\n007,x\n"],
        ["a.yaml", "- { id: 007, prompt: x }\n"]
      ] as const) {
        const { run } = yield* batchFile(name, content)
        expect((yield* run("--dry-run")).answer).toMatchObject({ lines: [{ id: "007" }] })
      }
    }).pipe(Effect.scoped)
  )

  it.live.each([
    [
      "in Latin-1",
      "a.csv",
      latin1(comma),
      [],
      /is not UTF-8 at line 2 \(as Windows-1252.*süßer.*--encoding windows-1252/
    ],
    ["in UTF-16 without its mark", "a.csv", utf16(comma).slice(2), [], /may be UTF-16.*--encoding utf-16le/],
    [
      "in an encoding that does not exist",
      "a.csv",
      comma,
      ["--encoding", "latin9000"],
      /"latin9000" is not a known encoding/
    ],
    ["with a comma in a text", "a.csv", "id,prompt\na,x\nb,x, y\n", [], /line 2: has 3 cells, the header has 2/],
    ["with an open quote", "a.csv", 'id,prompt\na,"x\n', [], /line 2 of the file/],
    ["with a name twice", "a.csv", "prompt,prompt\nx,y\n", [], /prompt is twice in the header/],
    [
      "with half of a character",
      "a.json",
      '[{"prompt":"lone \\ud83d surrogate"}]',
      [],
      /line 1: prompt contains half of a character/
    ],
    [
      "with an id that loses digits",
      "a.yaml",
      "- { prompt: x, elements: [829836802793406551] }",
      [],
      /elements\[0\] has more digits/
    ],
    [
      "with a URL that is not encoded",
      "a.csv",
      "prompt,image\nx,https://cdn.example.com/my photo.png\n",
      [],
      /line 1: image .*my%20photo\.png/
    ]
  ] as const)("is refused %s, before anything is sent", ([, name, content, flags, message]) =>
    Effect.gen(function* () {
      const { run, requests } = yield* batchFile(name, content)
      const { exitCode, stderr } = yield* run(...flags)
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)])
      expect(yield* requests).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("shows ten problems at most, and how many there are", () =>
    Effect.gen(function* () {
      const { run } = yield* batchFile("a.csv", `prompt,duration\n${"x,99\n".repeat(25)}`)
      const { answer } = yield* run("--dry-run")
      const { error } = answer as { readonly error: { readonly problems: ReadonlyArray<{ readonly message: string }> } }
      expect([error.problems.length, error.problems.at(-1)?.message]).toEqual([11, "and 15 more"])
    }).pipe(Effect.scoped)
  )
})
