import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { FileHost } from "./file-host.ts"
import { getFollowing } from "./follow-redirects.ts"
import { bodyOf, fileServer, film } from "./testing/file-server.ts"

const outside = { klingIsLocal: false, privateHosts: [] }
const clip = film(1000)

/** Asks for the first URL of a server that sends on from each to the next; the last one has the film. */
const following = Effect.fnUntraced(function* (steps: ReadonlyArray<string>, status = 302, reach = outside) {
  const server = fileServer(({ turn }) =>
    turn < steps.length
      ? { status, headers: { location: steps[turn] ?? "", "set-cookie": "id=1" }, body: bodyOf(new Uint8Array()) }
      : { status: 200, body: bodyOf(clip) }
  )
  const headers = { "accept-encoding": "identity", range: "bytes=5-" }
  const result = yield* Effect.gen(function* () {
    const http = yield* Effect.flatMap(FileHost, (host) => host.connect(reach))
    const { status } = yield* getFollowing(http, "https://kling.example/1.mp4", headers, reach)
    return status
  }).pipe(Effect.scoped, Effect.result, Effect.provide(server.layer))
  return { result, urls: server.asked.map(({ url }) => url), headers: server.asked.map((one) => one.headers) }
})

describe("a file server that sends on", () => {
  it.effect.each([301, 302, 303, 307, 308])("is followed, wherever https leads: HTTP %s", (status) =>
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

  it.effect("takes nothing along that another origin must not see", () =>
    Effect.gen(function* () {
      const { headers } = yield* following(["/2", "https://elsewhere.example/3"])
      for (const sent of headers) expect(Object.keys(sent).toSorted()).toEqual(["accept-encoding", "range"])
    })
  )

  it.effect.each([
    ["http://cdn.example/2.mp4", "that is not https"],
    ["https://169.254.169.254/latest/meta-data", "that points into a private network"],
    ["https://[::ffff:10.0.0.1]/", "that points into a private network"],
    ["https://localhost:8600/", "that points into a private network"],
    ["https://user:pass@cdn.example/", "that carries credentials"],
    ["file:///etc/passwd", "that is not https"],
    ["javascript:alert(1)", "that is not https"],
    ["https://", "that is none"]
  ])("is not followed to %s", ([to, why]) =>
    Effect.gen(function* () {
      const { result, urls } = yield* following(["https://cdn.example/ok", String(to)])
      expect(result).toMatchObject({ failure: { isRefused: true, mayPass: false } })
      expect(JSON.stringify(result)).toContain(`the file server sends on to a URL ${why}`)
      expect(urls).toEqual(["https://kling.example/1.mp4", "https://cdn.example/ok"])
    })
  )

  it.effect("steps down to http nowhere, not even to an emulator on this machine", () =>
    Effect.gen(function* () {
      const { result, urls } = yield* following(["http://127.0.0.1:8600/a"], 302, { ...outside, klingIsLocal: true })
      expect(Result.isFailure(result)).toBe(true)
      expect(urls).toHaveLength(1)
    })
  )

  it.effect("in a circle, or too far, is given up after five times", () =>
    Effect.gen(function* () {
      const far = yield* following(["/2", "/3", "/4", "/5", "/6"])
      expect(far.result).toEqual(Result.succeed(200))
      const circle = yield* following(Array.from({ length: 50 }, () => "https://kling.example/1.mp4"))
      expect(circle.result).toMatchObject({ failure: { detail: "the file server sends on more than 5 times" } })
      expect(circle.urls).toHaveLength(6)
    })
  )

  it.effect("to nowhere is no more than its status", () =>
    Effect.gen(function* () {
      expect((yield* following([""], 304)).result).toEqual(Result.succeed(304))
    })
  )
})
