import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import {
  AppBridge,
  buildAllowAttribute,
  getToolUiResourceUri,
  type McpUiHostCapabilities,
  type McpUiHostContext,
  type McpUiResourceMeta,
  PostMessageTransport
} from "@modelcontextprotocol/ext-apps/app-bridge"

/** Everything that the page sent to its chat. */
export interface Received {
  readonly calls: Array<{ readonly name: string; readonly args: Readonly<Record<string, unknown>> }>
  /** The tools whose calls have been answered. */
  readonly answered: Array<string>
  readonly messages: Array<string>
  readonly contextUpdates: Array<string>
  readonly opened: Array<string>
  readonly downloads: Array<string>
  /** Markers on the same channel: everything sent before them has been received. */
  readonly marks: Array<number>
}

export interface Turn {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly sandbox: string
  readonly context?: McpUiHostContext
  /** Capabilities that the chat lacks. */
  readonly without?: ReadonlyArray<keyof McpUiHostCapabilities>
  /** Shown instead of the tool's own answer. */
  readonly answer?: Readonly<Record<string, unknown>>
  /** Tools whose calls from the page fail. */
  readonly broken?: ReadonlyArray<string>
  /** Tools whose calls from the page are answered only after `release`. */
  readonly held?: ReadonlyArray<string>
}

const received: Received = {
  calls: [],
  answered: [],
  messages: [],
  contextUpdates: [],
  opened: [],
  downloads: [],
  marks: []
}
addEventListener("message", ({ data }) => {
  if (typeof data?.mark === "number") received.marks.push(data.mark)
})
let release: () => void = () => undefined
let bridge: AppBridge | undefined
let client: Client | undefined

const connected = async (): Promise<Client> => {
  if (client !== undefined) return client
  client = new Client({ name: "chat", version: "1" })
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", location.href)))
  return client
}

const texts = (content: ReadonlyArray<unknown> | undefined): string =>
  (content ?? []).map((block) => (block as { text?: string }).text ?? "").join("\n")

/** Resolves when the page has handled everything that it was sent: it handles messages in their order. */
const ping = async (): Promise<void> => {
  await bridge?.request({ method: "ping" })
}

/** One turn of a conversation: the model calls a tool, and its page opens. */
const turn = async ({
  tool: name,
  args,
  sandbox,
  context,
  without = [],
  answer,
  broken = [],
  held = []
}: Turn): Promise<void> => {
  const released = new Promise<void>((resolve) => (release = resolve))
  const mcp = await connected()
  const { tools } = await mcp.listTools()
  const tool = tools.find((tool) => tool.name === name)
  const uri = tool === undefined ? undefined : getToolUiResourceUri(tool)
  if (tool === undefined || uri === undefined) throw new Error(`${name} shows no page`)
  const [resource] = (await mcp.readResource({ uri })).contents
  if (resource === undefined || !("text" in resource)) throw new Error(`${uri} is not a page`)
  const { csp, permissions } = (resource._meta?.["ui"] ?? {}) as McpUiResourceMeta

  const frame = document.createElement("iframe")
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin")
  frame.setAttribute("allow", `${buildAllowAttribute(permissions)}; autoplay`)
  document.body.dataset["theme"] = context?.theme ?? "light"
  document.body.replaceChildren(frame)
  frame.src = `${sandbox}/?csp=${encodeURIComponent(JSON.stringify(csp ?? {}))}`

  const capabilities: McpUiHostCapabilities = {
    serverTools: {},
    openLinks: {},
    downloadFile: {},
    message: { text: {} },
    updateModelContext: { text: {} }
  }
  for (const ability of without) delete capabilities[ability]
  const app = new AppBridge(null, { name: "chat", version: "1" }, capabilities, {
    hostContext: {
      theme: "light",
      displayMode: "inline",
      availableDisplayModes: ["inline", "fullscreen"],
      locale: "en-GB",
      timeZone: "UTC",
      ...context,
      toolInfo: { tool }
    }
  })
  bridge = app
  app.oncalltool = async ({ name, arguments: args = {} }) => {
    received.calls.push({ name, args })
    if (broken.includes(name)) throw new Error("unreachable")
    if (held.includes(name)) await released
    const result = await mcp.callTool({ name, arguments: args })
    received.answered.push(name)
    return result
  }
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it answers a request; there is no such event
  app.onmessage = async ({ content }) => {
    received.messages.push(texts(content))
    return {}
  }
  app.onupdatemodelcontext = async ({ content }) => {
    received.contextUpdates.push(texts(content))
    return {}
  }
  app.onopenlink = async ({ url }) => {
    received.opened.push(url)
    return {}
  }
  app.ondownloadfile = async ({ contents }) => {
    received.downloads.push(...contents.map((content) => ("uri" in content ? content.uri : "embedded")))
    return {}
  }
  app.onrequestdisplaymode = async ({ mode }) => {
    frame.style.height = mode === "fullscreen" ? "100vh" : frame.style.height
    await app.sendHostContextChange({ displayMode: mode })
    return { mode }
  }
  app.addEventListener("sizechange", ({ height }) => {
    if (height !== undefined) frame.style.height = `${height}px`
  })
  const initialized = new Promise<void>((resolve) => app.addEventListener("initialized", () => resolve()))
  app.addEventListener("sandboxready", () => {
    void app.sendSandboxResourceReady({ html: resource.text, ...(csp === undefined ? {} : { csp }) })
  })
  const target = frame.contentWindow
  if (target === null) throw new Error("the frame has no window")
  await app.connect(new PostMessageTransport(target, target))
  await initialized
  await app.sendToolInput({ arguments: { ...args } })
  const result =
    answer === undefined ? await mcp.callTool({ name, arguments: { ...args } }) : { content: [], ...answer }
  await app.sendToolResult(result)
  await ping()
}

/** The interface that tests use. */
const chat = {
  received,
  turn,
  release: () => release(),
  ping,
  changeContext: (context: McpUiHostContext) => bridge?.sendHostContextChange(context),
  tearDown: () => bridge?.teardownResource({}),
  call: async (name: string, args: Readonly<Record<string, unknown>>) =>
    (await connected()).callTool({ name, arguments: { ...args } })
}
export type Chat = typeof chat
Object.assign(window, { chat })
