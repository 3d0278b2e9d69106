import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { planIdentity } from "@klingkit/core/internal"
import { type AnyRequest, controlMotion, fieldName, generateVideo, isPipeline } from "@klingkit/core/requests"
import { nodeFileHost } from "@klingkit/media/node"
import { Effect, Layer, Redacted } from "effect"
import { ledgerError } from "../ledger/ledger-error.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import type { UploadedFile } from "../ledger/uploads.ts"
import { makePlanner } from "../planner.ts"
import type { Uploads } from "../uploads.ts"

const files: Readonly<Record<string, UploadedFile>> = {
  "upload:face": {
    kind: "image",
    format: "png",
    mimeType: "image/png",
    bytes: 9,
    sha256: "1",
    width: 800,
    height: 600
  },
  "upload:dance": { kind: "video", format: "mp4", mimeType: "video/mp4", bytes: 9, sha256: "2", durationSeconds: 7 }
}

const uploadsAt = (origin: string): Uploads<never> => {
  let signature = 0
  return {
    find: (id) => {
      const file = files[id]
      return Effect.succeed(file === undefined ? undefined : { file, url: `${origin}/${id}?signature=${++signature}` })
    },
    newLink: Effect.succeed({ url: Redacted.make("https://kling.example/uploads/secret"), expiresAt: 0 })
  }
}

const plannerWith = (uploads: Uploads<never> | undefined) =>
  makePlanner<never>({
    credential: "api-key",
    config: { homeDir: "/home/me", outputDir: "/srv/results", inputDirs: [], principal: "anna" },
    job: () => Effect.die("no task is looked up"),
    task: () => Effect.die("no task is looked up"),
    uploads
  })

const needs = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  nodeFileHost,
  Layer.succeed(LedgerSource, { open: Effect.fail(ledgerError({ _tag: "Locked", location: "of the test" })) })
)

const planOf = Effect.fnUntraced(function* (
  given: object,
  uploads: Uploads<never> | undefined,
  request: AnyRequest = generateVideo
) {
  const plan = yield* (yield* plannerWith(uploads))(request, given, fieldName)
  return isPipeline(plan) ? yield* Effect.die("one task") : plan
}, Effect.provide(needs))

const animate = (image: string, uploads: Uploads<never> | undefined = uploadsAt("https://media.example")) =>
  planOf({ image, prompt: "it smiles" }, uploads)

describe("an uploaded file", () => {
  it.effect("is sent by a link of now, and is the same whatever the link is", () =>
    Effect.gen(function* () {
      const uploads = uploadsAt("https://media.example")
      const [first, second] = [yield* animate("upload:face", uploads), yield* animate(" upload:face", uploads)]
      expect([first, second].map(({ input }) => JSON.stringify(input).match(/signature=\d/)?.[0])).toEqual([
        "signature=1",
        "signature=2"
      ])
      expect(planIdentity(first)).toEqual(planIdentity(second))
      expect(JSON.stringify(planIdentity(first))).toContain('"upload:face"')
      expect(JSON.stringify(first.request)).not.toContain("signature")
    })
  )

  it.effect("has a known length, by which it is priced", () =>
    Effect.gen(function* () {
      const given = { image: "upload:face", video: "upload:dance" }
      const { quote } = yield* planOf(given, uploadsAt("https://media.example"), controlMotion)
      const unmeasured = { ...given, video: "https://media.example/dance.mp4" }
      const upperBound = (yield* planOf(unmeasured, uploadsAt("https://media.example"), controlMotion)).quote
      expect([quote, upperBound].map(({ rule }) => /\d+ s\b/.exec(rule)?.[0])).toEqual(["7 s", "30 s"])
    })
  )

  it.effect("is refused where it is not known, not fit, or out of Kling's reach", () =>
    Effect.gen(function* () {
      const refusal = (...given: Parameters<typeof animate>) =>
        Effect.map(Effect.flip(animate(...given)), ({ message }) => message)
      expect(yield* refusal("upload:other")).toContain("is upload:other, which you have not uploaded here")
      const without = yield* Effect.flip(planOf({ image: "upload:face", prompt: "it smiles" }, undefined))
      expect(without.message).toContain("you have not uploaded here")
      expect(yield* refusal("upload:dance")).toContain("is a video, not an image")
      expect(yield* refusal("upload:face", uploadsAt("https://10.0.0.7"))).toContain("private network")
    })
  )

  it.effect("is what a path asks for, with a link that only the next step has", () =>
    Effect.gen(function* () {
      for (const path of ["/home/anna/face.png", "~/face.png", "C:\\face.png", "file:///face.png", "face.png"]) {
        const error = yield* Effect.flip(animate(path))
        expect(error).toMatchObject({ code: "JOB_FILE_ELSEWHERE", wasCharged: "no", next: { _tag: "Upload" } })
        expect(error.suggestion).toContain("curl -T FILE https://kling.example/uploads/secret")
        expect(JSON.stringify([error, error.message, error.next])).not.toContain("secret")
      }
    })
  )
})
