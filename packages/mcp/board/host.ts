import {
  App,
  applyDocumentTheme,
  applyHostFonts,
  applyHostStyleVariables,
  type McpUiHostContext
} from "@modelcontextprotocol/ext-apps"
import { fieldsOf, linesOf } from "./task.ts"

/** A tool's result: structured data, the same as lines of text, and whether it is an error. */
export interface Answer {
  readonly structured: Readonly<Record<string, unknown>>
  readonly lines: ReadonlyArray<string>
  readonly isError: boolean
}

/** What the chat lets the page do. */
export interface Abilities {
  readonly call: boolean
  readonly message: boolean
  readonly open: boolean
  readonly download: boolean
  readonly fullscreen: boolean
}

export interface HostEvents {
  readonly onArguments: (args: Readonly<Record<string, unknown>>) => void
  readonly onAnswer: (answer: Answer) => void
  readonly onCancelled: () => void
  /** Theme, size, language or display mode has changed. */
  readonly onContext: () => void
  readonly onTeardown: () => void
}

export interface Host {
  readonly abilities: Abilities
  readonly context: McpUiHostContext
  /** The tool whose call opened the page; `isReadOnly` when it only reports tasks. */
  readonly tool: { readonly name: string; readonly isReadOnly: boolean } | undefined
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Answer>
  /** Sends a chat message as the user. */
  readonly say: (text: string) => Promise<void>
  /** Gives the model context without asking it for anything. */
  readonly updateModelContext: (text: string) => Promise<void>
  readonly open: (url: string) => Promise<void>
  readonly download: (url: string, name: string) => Promise<void>
  readonly toggleFullscreen: () => Promise<void>
}

const answerOf = (result: {
  content?: unknown
  structuredContent?: unknown
  isError?: boolean | undefined
}): Answer => ({
  structured: fieldsOf(result.structuredContent),
  lines: linesOf(result.content),
  isError: result.isError === true
})

const assertAllowed = (result: { isError?: boolean | undefined }): void => {
  if (result.isError === true) throw new Error("The chat did not allow it.")
}

/** Connects to the chat around the page. Listeners are registered before the first message can arrive. */
export const connectHost = async (events: HostEvents): Promise<Host> => {
  const app = new App({ name: "klingkit board", version: "1" }, { availableDisplayModes: ["inline", "fullscreen"] })
  app.ontoolinput = ({ arguments: args }) => events.onArguments(args ?? {})
  app.ontoolresult = (result) => events.onAnswer(answerOf(result))
  app.ontoolcancelled = () => events.onCancelled()
  app.onhostcontextchanged = () => {
    applyHostContext(app.getHostContext() ?? {})
    events.onContext()
  }
  app.onteardown = () => {
    events.onTeardown()
    return {}
  }
  await app.connect()
  applyHostContext(app.getHostContext() ?? {})

  const context = (): McpUiHostContext => app.getHostContext() ?? {}
  return {
    get abilities() {
      const able = app.getHostCapabilities() ?? {}
      return {
        call: able.serverTools !== undefined,
        message: able.message !== undefined,
        open: able.openLinks !== undefined,
        download: able.downloadFile !== undefined,
        fullscreen: context().availableDisplayModes?.includes("fullscreen") ?? false
      }
    },
    get context() {
      return context()
    },
    get tool() {
      const tool = context().toolInfo?.tool
      return tool === undefined ? undefined : { name: tool.name, isReadOnly: tool.annotations?.readOnlyHint === true }
    },
    call: async (tool, args) => answerOf(await app.callServerTool({ name: tool, arguments: { ...args } })),
    say: async (text) => assertAllowed(await app.sendMessage({ role: "user", content: [{ type: "text", text }] })),
    updateModelContext: async (text) => {
      if (app.getHostCapabilities()?.updateModelContext === undefined) return
      await app.updateModelContext({ content: [{ type: "text", text }] })
    },
    open: async (url) => assertAllowed(await app.openLink({ url })),
    download: async (url, name) => {
      assertAllowed(await app.downloadFile({ contents: [{ type: "resource_link", uri: url, name }] }))
    },
    toggleFullscreen: async () => {
      const mode = context().displayMode === "fullscreen" ? "inline" : "fullscreen"
      await app.requestDisplayMode({ mode })
    }
  }
}

const applyHostContext = ({ theme, styles, displayMode, safeAreaInsets, locale }: McpUiHostContext): void => {
  const root = document.documentElement
  if (theme !== undefined) applyDocumentTheme(theme)
  if (styles?.variables !== undefined) applyHostStyleVariables(styles.variables)
  if (styles?.css?.fonts !== undefined) applyHostFonts(styles.css.fonts)
  if (displayMode !== undefined) root.dataset["display"] = displayMode
  if (safeAreaInsets !== undefined) {
    const { top, right, bottom, left } = safeAreaInsets
    root.style.setProperty("--safe-area", `${top}px ${right}px ${bottom}px ${left}px`)
  }
  // The board's own text is English; only dates and numbers follow the user's locale.
  if (locale !== undefined) root.dataset["locale"] = locale
}
