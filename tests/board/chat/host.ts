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

/** Everything that the page asked its chat for. */
export interface Heard {
  readonly calls: Array<{ readonly name: string; readonly args: Readonly<Record<string, unknown>> }>
  readonly messages: Array<string>
  readonly news: Array<string>
  readonly opened: Array<string>
  readonly downloads: Array<string>
  /** Marks that came the same way as everything else: what was sent before them has been heard. */
  readonly marks: Array<number>
}

export interface Turn {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly sandbox: string
  readonly context?: McpUiHostContext
  /** What the chat cannot do. */
  readonly without?: ReadonlyArray<keyof McpUiHostCapabilities>
  /** Shown in place of what the tool answers. */
  readonly answer?: Readonly<Record<string, unknown>>
  /** Tools that the page cannot reach. */
  readonly broken?: ReadonlyArray<string>
}

const heard: Heard = { calls: [], messages: [], news: [], opened: [], downloads: [], marks: [] }
addEventListener("message", ({ data }) => {
  if (typeof data?.mark === "number") heard.marks.push(data.mark)
})
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

/** One turn of a conversation: the model calls a tool, and its page appears. */
const turn = async ({ tool: name, args, sandbox, context, without = [], answer, broken = [] }: Turn): Promise<void> => {
  const mcp = await connected()
  const { tools } = await mcp.listTools()
  const tool = tools.find((one) => one.name === name)
  const uri = tool === undefined ? undefined : getToolUiResourceUri(tool)
  if (tool === undefined || uri === undefined) throw new Error(`${name} shows no page`)
  const [resource] = (await mcp.readResource({ uri })).contents
  if (resource === undefined || !("text" in resource)) throw new Error(`${uri} is no page`)
  const { csp, permissions } = (resource._meta?.["ui"] ?? {}) as McpUiResourceMeta

  const frame = document.createElement("iframe")
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin")
  frame.setAttribute("allow", `${buildAllowAttribute(permissions)}; autoplay`)
  document.body.dataset["theme"] = context?.theme ?? "light"
  document.body.replaceChildren(frame)
  frame.src = `${sandbox}/?csp=${encodeURIComponent(JSON.stringify(csp ?? {}))}`

  const able: McpUiHostCapabilities = {
    serverTools: {},
    openLinks: {},
    downloadFile: {},
    message: { text: {} },
    updateModelContext: { text: {} }
  }
  for (const ability of without) delete able[ability]
  const made = new AppBridge(null, { name: "chat", version: "1" }, able, {
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
  bridge = made
  made.oncalltool = async ({ name, arguments: given }) => {
    heard.calls.push({ name, args: given ?? {} })
    if (broken.includes(name)) throw new Error("out of reach")
    return mcp.callTool({ name, arguments: given ?? {} })
  }
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it answers a request; there is no such event
  made.onmessage = async ({ content }) => {
    heard.messages.push(texts(content))
    return {}
  }
  made.onupdatemodelcontext = async ({ content }) => {
    heard.news.push(texts(content))
    return {}
  }
  made.onopenlink = async ({ url }) => {
    heard.opened.push(url)
    return {}
  }
  made.ondownloadfile = async ({ contents }) => {
    heard.downloads.push(...contents.map((one) => ("uri" in one ? one.uri : "inside")))
    return {}
  }
  made.onrequestdisplaymode = async ({ mode }) => {
    frame.style.height = mode === "fullscreen" ? "100vh" : frame.style.height
    await made.sendHostContextChange({ displayMode: mode })
    return { mode }
  }
  made.addEventListener("sizechange", ({ height }) => {
    if (height !== undefined) frame.style.height = `${height}px`
  })
  const shaken = new Promise<void>((resolve) => made.addEventListener("initialized", () => resolve()))
  made.addEventListener("sandboxready", () => {
    void made.sendSandboxResourceReady({ html: resource.text, ...(csp === undefined ? {} : { csp }) })
  })
  const inside = frame.contentWindow
  if (inside === null) throw new Error("the frame has no window")
  await made.connect(new PostMessageTransport(inside, inside))
  await shaken
  await made.sendToolInput({ arguments: { ...args } })
  const result =
    answer === undefined ? await mcp.callTool({ name, arguments: { ...args } }) : { content: [], ...answer }
  await made.sendToolResult(result)
}

/** What tests drive. */
const chat = {
  heard,
  turn,
  changeContext: (context: McpUiHostContext) => bridge?.sendHostContextChange(context),
  tearDown: () => bridge?.teardownResource({}),
  call: async (name: string, args: Readonly<Record<string, unknown>>) =>
    (await connected()).callTool({ name, arguments: { ...args } })
}
export type Chat = typeof chat
Object.assign(window, { chat })
