import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { FileHost } from "./file-host.ts"
import { getFollowingRedirects } from "./follow-redirects.ts"
import { bodyOf, fileServer, sampleVideo } from "../testing/file-server.ts"

const outside = { klingIsLocal: false, privateHosts: [] }
const video = sampleVideo(1000)

/** GETs the first URL of a server that redirects from step to step; the last one returns the video. */
const following = Effect.fnUntraced(function* (steps: ReadonlyArray<string>, status = 302, policy = outside) {
  const server = fileServer(({ index }) =>
    index < steps.length
      ? { status, headers: { location: steps[index] ?? "", "set-cookie": "id=1" }, body: bodyOf(new Uint8Array()) }
      : { status: 200, body: bodyOf(video) }
  )
  const headers = { "accept-encoding": "identity", range: "bytes=5-" }
  const result = yield* Effect.gen(function* () {
    const http = yield* Effect.flatMap(FileHost, (host) => host.connect(policy))
    const { status } = yield* getFollowingRedirects(http, "https://kling.example/1.mp4", headers, policy)
    return status
  }).pipe(Effect.scoped, Effect.result, Effect.provide(server.layer))
  return { result, urls: server.requests.map(({ url }) => url), headers: server.requests.map((one) => one.headers) }
})

describe("a redirect", () => {
  it.effect.each([301, 302, 303, 307, 308])("is followed to any public https URL: HTTP %s", (status) =>
    Effect.gen(function* () {
      const { result, urls } = yield* following(
        ["/2.mp4?sign=a b", "https://cdn.example/3", "//other.example/4"],
        status
      )
      expect(result).toEqual(Result.succeed(200))
      expect(urls).toEqual([
        "https://kling.example/1.mp4",
        "https://kling.example/2.mp4?sign=a%20b",
        "https://cdn.example/3",
        "https://other.example/4"
      ])
    })
  )

  it.effect("carries no headers that another origin must not see", () =>
    Effect.gen(function* () {
      const { headers } = yield* following(["/2", "https://elsewhere.example/3"])
      for (const sent of headers) expect(Object.keys(sent).toSorted()).toEqual(["accept-encoding", "range"])
    })
  )

  it.effect.each([
    ["http://cdn.example/2.mp4", "to a URL that is not https"],
    ["https://169.254.169.254/latest/meta-data", "to a URL that points into a private network"],
    ["https://[::ffff:10.0.0.1]/", "to a URL that points into a private network"],
    ["https://localhost:8600/", "to a URL that points into a private network"],
    ["https://user:pass@cdn.example/", "to a URL that contains credentials"],
    ["file:///etc/passwd", "to a URL that is not https"],
    ["javascript:alert(1)", "to a URL that is not https"],
    ["https://", "to an invalid URL"]
  ])("is not followed to %s", ([to, why]) =>
    Effect.gen(function* () {
      const { result, urls } = yield* following(["https://cdn.example/ok", String(to)])
      expect(result).toMatchObject({ failure: { isDenied: true, isTransient: false } })
      expect(JSON.stringify(result)).toContain(`the file server redirects ${why}`)
      expect(urls).toEqual(["https://kling.example/1.mp4", "https://cdn.example/ok"])
    })
  )

  it.effect("never downgrades to http, not even to an emulator on this machine", () =>
    Effect.gen(function* () {
      const { result, urls } = yield* following(["http://127.0.0.1:8600/a"], 302, { ...outside, klingIsLocal: true })
      expect(Result.isFailure(result)).toBe(true)
      expect(urls).toHaveLength(1)
    })
  )

  it.effect("loop ends after five redirects", () =>
    Effect.gen(function* () {
      const longest = yield* following(["/2", "/3", "/4", "/5", "/6"])
      expect(longest.result).toEqual(Result.succeed(200))
      const loop = yield* following(Array.from({ length: 50 }, () => "https://kling.example/1.mp4"))
      expect(loop.result).toMatchObject({ failure: { detail: "the file server redirects more than 5 times" } })
      expect(loop.urls).toHaveLength(6)
    })
  )

  it.effect("without a location is returned as it is", () =>
    Effect.gen(function* () {
      expect((yield* following([""], 304)).result).toEqual(Result.succeed(304))
    })
  )
})
