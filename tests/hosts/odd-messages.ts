/** How a host writes a call down as a message: its JSON text, from the id and the params that were meant. */
export interface OddMessage {
  readonly host: string
  readonly write: (id: number, params: object) => string
  /** The ids under which something is answered; the call's own where absent. */
  readonly ids?: (id: number) => ReadonlyArray<number | string>
}

const method = "tools/call"
const plain = (id: unknown, params: unknown, more: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params, ...more })
const ping = (id: number | string) => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"ping"}`
const both = (id: number) => [id, `${id}, again`]

/** The call is served, and is one charge. */
export const servedMessages: ReadonlyArray<OddMessage> = [
  { host: "begins with a byte order mark", write: (id, params) => `\ufeff${plain(id, params)}` },
  { host: "ends lines as Windows does", write: (id, params) => `  ${plain(id, params)}\r` },
  { host: "leaves jsonrpc out", write: (id, params) => JSON.stringify({ id, method, params }) },
  { host: "sends jsonrpc as null", write: (id, params) => plain(id, params, { jsonrpc: null }) },
  { host: "sends jsonrpc as a number", write: (id, params) => plain(id, params, { jsonrpc: 2 }) },
  { host: "adds fields of its own", write: (id, params) => plain(id, params, { auth: "x", traceId: null }) },
  { host: "sends _meta as null", write: (id, params) => plain(id, { ...params, _meta: null }) },
  {
    host: "sends progressToken as null",
    write: (id, params) => plain(id, { ...params, _meta: { progressToken: null } })
  },
  {
    host: "sends progressToken as an object",
    write: (id, params) => plain(id, { ...params, _meta: { progressToken: {} } })
  },
  { host: "sends task as null", write: (id, params) => plain(id, { ...params, task: null }) },
  { host: "puts the id at the end", write: (id, params) => JSON.stringify({ params, method, jsonrpc: "2.0", id }) },
  {
    host: "sends a batch",
    write: (id, params) =>
      `[${ping(`${id}, again`)},${plain(id, params)},{"jsonrpc":"2.0","method":"notifications/x"}]`,
    ids: both
  },
  {
    host: "sends a batch with what is no message",
    write: (id, params) => `[7,null,${plain(id, params)},{"id":"${id}, again"}]`,
    ids: both
  },
  {
    host: "asks twice in one batch",
    write: (id, params) => `[${plain(id, params)},${plain(`${id}, again`, params)}]`,
    ids: both
  }
]

/** The call is not served, costs nothing, and whatever has an id is answered under it. */
export const refusedMessages: ReadonlyArray<OddMessage> = [
  { host: "sends the params as null", write: (id) => plain(id, null) },
  { host: "sends the params as a list", write: (id, params) => plain(id, [params]) },
  { host: "sends the params as text", write: (id, params) => plain(id, JSON.stringify(params)) },
  { host: "sends the arguments as a list", write: (id, params) => plain(id, { ...params, arguments: ["a fox"] }) },
  { host: "sends the arguments as null", write: (id, params) => plain(id, { ...params, arguments: null }) },
  { host: "names no tool", write: (id, params) => plain(id, { ...params, name: null }) },
  { host: "names a tool that there is not", write: (id, params) => plain(id, { ...params, name: "make_fox" }) },
  { host: "speaks another JSON-RPC", write: (id, params) => plain(id, params, { jsonrpc: "1.0" }) },
  { host: "breaks off", write: (id, params) => plain(id, params).slice(0, -2) },
  { host: "ends a list with a comma", write: (id, params) => plain(id, params).replace(/\}$/, ",}") },
  {
    host: "nests for ever",
    write: (id, params) => plain(id, params).replace(/\}$/, `,"x":${"[".repeat(200)}${"]".repeat(200)}}`)
  },
  { host: "has no id", write: (_, params) => plain(undefined, params), ids: () => [] },
  { host: "has null for an id", write: (_, params) => plain(null, params), ids: () => [] },
  { host: "has an object for an id", write: (_, params) => plain({ n: 1 }, params), ids: () => [] }
]

/** What HTTP clients send besides: the call is one charge, whatever they accept and wherever they send it. */
export const oddPosts: ReadonlyArray<{
  readonly host: string
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
}> = [
  { host: "accepts nothing in particular", headers: {} },
  { host: "accepts anything", headers: { accept: "*/*" } },
  { host: "accepts JSON only, in capitals", headers: { accept: "APPLICATION/JSON" } },
  { host: "accepts events only", headers: { accept: "text/event-stream" } },
  { host: "accepts both, with weights", headers: { accept: "text/event-stream;q=0.9, application/json;q=0.1" } },
  { host: "ends the path with a slash", path: "/", headers: { accept: "application/json" } },
  { host: "names a charset", headers: { accept: "*/*", "content-type": "application/json; charset=utf-8" } },
  { host: "sends a session that there is not", headers: { accept: "*/*", "mcp-session-id": "gone" } },
  { host: "names an old revision", headers: { accept: "*/*", "mcp-protocol-version": "2025-03-26" } },
  { host: "sends the body in chunks", headers: { accept: "*/*", "transfer-encoding": "chunked" } }
]
