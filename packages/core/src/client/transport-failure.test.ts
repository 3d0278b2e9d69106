import { describe, expect, it } from "@effect/vitest"
import { HttpClientError, HttpClientRequest } from "effect/http"
import { transportFailure } from "./transport-failure.ts"

const request = HttpClientRequest.get("https://kling.example")
const failure = (cause: unknown) =>
  transportFailure(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )
const withCode = (code: string) => Object.assign(new Error(code), { code })

describe("a request that failed in transit", () => {
  it("was not sent when every address of the host refused the connection", () => {
    const reasonFor = (...codes: ReadonlyArray<string>) =>
      failure(new TypeError("fetch failed", { cause: new AggregateError(codes.map(withCode)) }))._tag
    expect(reasonFor("ECONNREFUSED", "ENETUNREACH")).toBe("NotConnected")
    expect(reasonFor("ECONNREFUSED", "ECONNRESET")).toBe("ConnectionLost")
  })

  it("may have been sent when the cause is unknown", () => {
    for (const cause of [undefined, new Error("?"), "text", { code: 7 }, new TypeError("fetch failed")]) {
      expect(failure(cause)).toEqual({ _tag: "ConnectionLost", detail: "no response arrived" })
    }
  })

  it("is classified despite circular causes", () => {
    const loop: { cause?: unknown } = {}
    loop.cause = loop
    expect(failure(loop)._tag).toBe("ConnectionLost")
  })

  it("was not sent when its URL is invalid", () => {
    const reason = new HttpClientError.InvalidUrlError({ request, description: "no such URL" })
    expect(transportFailure(new HttpClientError.HttpClientError({ reason }))._tag).toBe("NotConnected")
  })
})
