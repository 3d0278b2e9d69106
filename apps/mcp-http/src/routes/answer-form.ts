/** A response of JSON text. */
export const jsonResponse = (status: number, json: string): Response =>
  new Response(json, { status, headers: { "content-type": "application/json" } })

/** The same answers as server-sent events, for clients that accept nothing else. */
export const eventStreamResponse = (answers: ReadonlyArray<string>): Response =>
  new Response(answers.map((json) => `event: message\ndata: ${json}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" }
  })

export const isEventStream = (response: Response): boolean =>
  response.headers.get("content-type")?.startsWith("text/event-stream") === true

/** The answers in a response, as JSON text. Notifications in between, such as progress, are left out. */
export const answersIn = async (response: Response): Promise<ReadonlyArray<string>> => {
  const text = await response.text()
  if (!isEventStream(response)) return text === "" ? [] : [text]
  // The SDK writes each message as one line of data.
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice("data: ".length))
    .filter((json) => json !== "" && !("method" in (JSON.parse(json) as object)))
}
