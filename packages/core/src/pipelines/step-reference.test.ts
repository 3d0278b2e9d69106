import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { dependsOn, ref, resolveReferences, type StepReference } from "./step-reference.ts"

const references: ReadonlyArray<readonly [StepReference, unknown]> = [
  [
    { output: "image", step: "a" },
    { take: "picture", from: "a" }
  ],
  [
    { output: "video", step: "a" },
    { take: "clip", from: "a" }
  ],
  [
    { output: "session", step: "a" },
    { take: "session", from: "a" }
  ],
  [
    { output: "speaking-face", step: "a", audio: { step: "b" }, video: { step: "c" } },
    { take: "speaking-face", from: "a", sound: { spokenBy: "b" }, clip: { madeBy: "c" } }
  ],
  [
    { output: "speaking-face", step: "a", audio: { file: "https://example.com/a.mp3", seconds: 3 }, video: {} },
    { take: "speaking-face", from: "a", sound: { file: "https://example.com/a.mp3", seconds: 3 }, clip: {} }
  ]
]

describe("a reference to an earlier step", () => {
  it.each(references)("is stored as %j in the format of earlier versions", (reference, stored) => {
    expect(ref(reference)).toEqual({ $take: stored })
  })

  it.effect("that an earlier version has stored is resolved", () =>
    Effect.gen(function* () {
      const input = {
        videoUrl: { $take: { take: "clip", from: "video" } },
        images: [{ $take: { take: "picture", from: "still" } }]
      }
      expect(dependsOn(input)).toEqual(["video", "still"])
      const results = (step: string) => ({
        outputs: [
          { type: "image", url: `https://example.com/${step}.png` },
          { type: "video", url: `https://example.com/${step}.mp4` }
        ] as const
      })
      expect(yield* resolveReferences(input, results)).toEqual({
        videoUrl: "https://example.com/video.mp4",
        images: ["https://example.com/still.png"]
      })
      const failed = yield* Effect.result(resolveReferences(input, () => ({ outputs: [] })))
      expect(failed).toMatchObject(
        Result.fail({ _tag: "UnresolvedReference", message: "step video produced no video" })
      )
    })
  )

  it("of a speaking face depends on the steps of its audio and its video too", () => {
    const face = {
      $take: { take: "speaking-face", from: "faces", sound: { spokenBy: "speech" }, clip: { madeBy: "video" } }
    }
    expect(dependsOn({ faces: [face] })).toEqual(["faces", "speech", "video"])
  })
})
