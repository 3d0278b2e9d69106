import { editVideo, extendVideo, generateVideo } from "@klingkit/core/requests"
import { expect, it } from "vitest"
import type { Drawn, Input } from "./draw-inputs.ts"
import { faces, sentBy, tasksAfter } from "./faces.ts"

const image = "https://example.com/a.png"
const elements = ["829836802793406551"]
const shots = [
  { prompt: 'a "fox" wakes; it yawns', durationSeconds: 2 },
  { prompt: "@element_1 runs", durationSeconds: 3 }
]
const video = "https://example.com/a.mp4"

/** Drawn inputs seldom have these settings together. */
const inputs: ReadonlyArray<readonly [typeof generateVideo | typeof extendVideo | typeof editVideo, Input]> = [
  [generateVideo, { shots, elements }],
  [generateVideo, { prompt: "@image_1 meets @element_1", image, referenceImages: [image], elements }],
  [generateVideo, { prompt: '@voice_1 says "hello"', image, voices: elements }],
  [extendVideo, { video, prompt: "@element_1 meets @image_1", referenceImages: [image], elements }],
  [editVideo, { video, prompt: "put @element_1 in", elements }]
]

const cases = inputs.flatMap(([request, input], index) =>
  // Those that the paths of both generations take differently.
  (index < 2 ? (["api-key", "key-pair"] as const) : (["api-key"] as const)).map(
    (credential) => [request.id, { input, credential } satisfies Drawn, request] as const
  )
)

// A line of a batch has a key of its own.
const inTurn = ["program", "tool", "command"].map((name) => faces[name] ?? expect.fail(`no face ${name}`))

it.each(cases)(
  "%s of %j is one request by every face",
  async (_, drawn, request) => {
    const sent = new Map<string, ReadonlyArray<string> | undefined>()
    for (const [name, face] of Object.entries(faces)) sent.set(name, await sentBy(face, request, drawn))
    const expected = sent.get("program") ?? []
    expect(expected).toHaveLength(1)
    for (const [name, bodies] of sent) expect([name, bodies]).toEqual([name, expected])

    const runs = inTurn.map((face) => ({ face, input: drawn.input }))
    expect(await tasksAfter(request, drawn.credential, runs)).toEqual([1, 1, 1])
  },
  120_000
)
