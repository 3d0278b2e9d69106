export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly id: unknown
  /** The text of the result, of the error, or of the body. */
  readonly text: string
  readonly isError: boolean
  readonly result: Readonly<Record<string, unknown>> | undefined
}

export interface CallOptions {
  readonly id?: number | string
  /** 2026-07-28, whose requests carry what 2025's sessions began with. */
  readonly modern?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly capabilities?: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
}

/** One request of MCP, as a client without the SDK sends it. */
export const messageOf = (
  key: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
  { id = 1, modern = false, headers = {}, capabilities = {} }: CallOptions = {}
) => {
  const name = params["name"] ?? params["uri"] ?? params["taskId"]
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "bare", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": capabilities
  }
  const modernHeaders = {
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(typeof name === "string" ? { "mcp-name": name } : {})
  }
  return {
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      authorization: `Bearer ${key}`,
      ...(modern ? modernHeaders : {}),
      ...headers
    },
    body: JSON.stringify({ jsonrpc: "2.0", id, method, params: modern ? { ...params, _meta } : params })
  }
}

export const send = async (
  url: string,
  key: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
  options: CallOptions = {}
): Promise<Answer> =>
  answerOf(
    await fetch(url, { method: "POST", signal: options.signal ?? null, ...messageOf(key, method, params, options) })
  )

/** The answer of a tool. */
export const callTool = (
  url: string,
  key: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
  options: CallOptions = {}
): Promise<Answer> => send(url, key, "tools/call", { name, arguments: args }, options)

interface Body {
  readonly id?: unknown
  readonly error?: { readonly message?: string } | string
  readonly result?: {
    readonly isError?: boolean
    readonly content?: ReadonlyArray<{ readonly type: string; readonly text?: string }>
  }
}

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const body = (text.startsWith("{") ? JSON.parse(text) : {}) as Body
  const { result, error } = body
  const content = result?.content?.flatMap((block) => (block.type === "text" ? [block.text ?? ""] : []))
  return {
    status: response.status,
    headers: response.headers,
    id: body.id,
    text: content?.join("\n") ?? (typeof error === "string" ? error : (error?.message ?? text)),
    isError: result === undefined || result.isError === true,
    result
  }
}

/** The handle that a paid call was acknowledged with. */
export const handleIn = ({ text }: Answer): string => {
  const handle = /Task ID: (kk-\w+-\w+)/.exec(text)?.[1]
  if (handle === undefined) throw new Error(`no task in: ${text}`)
  return handle
}
