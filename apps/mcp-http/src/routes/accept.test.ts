import { describe, expect, it } from "vitest"
import { acceptedBy } from "./accept.ts"

describe("the form of an answer", () => {
  it.each([
    [undefined, "json"],
    [" ", "json"],
    ["*/*", "json"],
    ["application/json", "json"],
    ["Application/JSON; charset=utf-8", "json"],
    ["application/*", "json"],
    ["text/html, */*;q=0.8", "json"],
    ["text/event-stream", "events"],
    ["TEXT/Event-Stream;q=0.5", "events"],
    ["application/json;q=0, text/event-stream", "events"],
    ["application/json, text/event-stream", "both"],
    ["text/event-stream,application/json", "both"],
    ["text/event-stream, */*", "both"],
    ["text/html", "neither"],
    ["application/json;q=0.0", "neither"]
  ])("for Accept %j is %s", (header, form) => {
    const { json, eventStream } = acceptedBy(header)
    expect(json ? (eventStream ? "both" : "json") : eventStream ? "events" : "neither").toBe(form)
  })
})
