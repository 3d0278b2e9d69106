import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { runEmulator } from "@klingkit/emulator"
import { ledgerFromConfig } from "@klingkit/jobs/ledger"
import { nodeFileHost } from "@klingkit/jobs/node"
import { buildServer, makeServices, selectedTools } from "@klingkit/mcp"
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler } from "@modelcontextprotocol/server"
import type { McpUiHostContext } from "@modelcontextprotocol/ext-apps/app-bridge"
import { Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { openBrowser } from "./browser.ts"
import type { Chat, Turn } from "./chat/host.ts"
import { serveChat } from "./chat/serve-chat.ts"
import { setEnvironment, waitUntil } from "./environment.ts"

export interface PageOptions {
  readonly width?: number
  readonly theme?: "light" | "dark"
}

export type BoardTurn = Omit<Turn, "sandbox">

/**
 * The whole product with the board: an emulated Kling whose clock the test controls, a real klingkit server, a chat with a
 * sandbox on another origin, and a browser.
 */
export const openProduct = async () => {
  const home = mkdtempSync(join(tmpdir(), "klingkit-board-"))
  const emulator = await runEmulator({ seed: 7, speed: 1 })
  const restore = setEnvironment({
    HOME: home,
    KLINGKIT_HOME: join(home, "ledger"),
    KLINGKIT_OUTPUT_DIR: join(home, "videos"),
    KLINGAI_API_KEY: emulator.apiKey,
    KLINGAI_BASE_URL: emulator.url
  })
  const services = makeServices(Layer.mergeAll(NodeServices.layer, nodeFileHost, ledgerFromConfig))
  const tools = await Effect.runPromise(selectedTools({ toolsets: "all", readOnly: false }))
  const handler = createMcpHandler(() => buildServer(services, { tools, version: "0.0.0" }))
  const handle = toNodeHandler(handler)
  const chat = await serveChat((request, response) => void handle(request as NodeIncomingMessageLike, response))
  const { browser, close } = await openBrowser()

  const control = async (route: string, body?: unknown): Promise<unknown> => {
    const [method = "GET", name = ""] = route.split(" ")
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${emulator.url}/_emulator/${name}`, { method, ...sent })).json()
  }

  const ledger = async () =>
    (await control("GET ledger")) as {
      readonly charges: ReadonlyArray<unknown>
      readonly tasks: ReadonlyArray<unknown>
    }

  return {
    emulator,
    chat,
    injectFault: (fault: Readonly<Record<string, unknown>>) => control("POST faults", { faults: [fault] }),
    ledger,
    /** Completes all tasks, once Kling has that many: a submission continues after its tool has answered. */
    finish: async (count: number) => {
      await waitUntil(async () => (await ledger()).tasks.length >= count)
      await control("POST advance", { seconds: 3600 })
    },
    openPage: ({ width = 720, theme = "light" }: PageOptions = {}) => openPage({ browser, chat, width, theme }),
    close: async () => {
      await close()
      await chat.close()
      await services.dispose()
      await emulator.close()
      restore()
      rmSync(home, { recursive: true, force: true })
    }
  }
}

export type Product = Awaited<ReturnType<typeof openProduct>>

interface OpenPageOptions {
  readonly browser: Awaited<ReturnType<typeof openBrowser>>["browser"]
  readonly chat: Awaited<ReturnType<typeof serveChat>>
  readonly width: number
  readonly theme: "light" | "dark"
}

const openPage = async ({ browser, chat, width, theme }: OpenPageOptions) => {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: "no-preference"
  })
  const violations: Array<string> = []
  await context.exposeBinding("recordViolation", (_source, text: string) => void violations.push(text))
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const page = globalThis as unknown as { recordViolation(text: string): void }
      page.recordViolation(`${violatedDirective} ${blockedURI}`)
    })
  })
  const page = await context.newPage()
  const errors: Array<string> = []
  page.on("pageerror", (error) => errors.push(error.message))
  await page.clock.install()
  await page.goto(chat.url)
  let marks = 0
  const board = page.frameLocator("iframe").frameLocator("iframe")
  return {
    page,
    board,
    violations,
    errors,
    /** The model calls a tool; its page opens. Resolves when the page has the result. */
    turn: (turn: BoardTurn) => {
      // As JSON: the recursive type of a call's arguments is too deep for the browser driver's types.
      const text = JSON.stringify({ ...turn, sandbox: chat.sandboxUrl, context: { theme, ...turn.context } })
      return page.evaluate((text) => (window as unknown as { chat: Chat }).chat.turn(JSON.parse(text) as Turn), text)
    },
    text: async (selector: string) => (await innerFrame(page).locator(selector).innerText()).replaceAll(/\s+/g, " "),
    /** Runs the page's clock until a condition holds. */
    until: async (condition: () => Promise<boolean>) => {
      await waitUntil(async () => {
        await page.clock.runFor(5000)
        return condition().catch(() => false)
      })
    },
    /** Lets the chat answer the calls that it holds. */
    release: () => page.evaluate(() => (window as unknown as { chat: Chat }).chat.release()),
    received: () => page.evaluate(() => (window as unknown as { chat: Chat }).chat.received),
    /** How often the page has read the status of a task. */
    statusReads: async () => {
      const { calls } = await page.evaluate(() => (window as unknown as { chat: Chat }).chat.received)
      return calls.filter(({ name, args }) => name === "board_tasks" && args["task_id"] !== undefined).length
    },
    /** Resolves when everything that the page has sent so far has arrived at the chat, and the chat's answers at the page. */
    settled: async () => {
      const mark = ++marks
      await innerFrame(page).evaluate((mark) => window.parent.postMessage({ mark }, "*"), mark)
      const lastMark = () => page.evaluate(() => (window as unknown as { chat: Chat }).chat.received.marks.at(-1))
      await waitUntil(async () => (await lastMark()) === mark)
      await page.evaluate(() => (window as unknown as { chat: Chat }).chat.ping())
    },
    changeContext: (context: McpUiHostContext) =>
      page.evaluate(
        (text) => (window as unknown as { chat: Chat }).chat.changeContext(JSON.parse(text)),
        JSON.stringify(context)
      ),
    tearDown: () => page.evaluate(() => (window as unknown as { chat: Chat }).chat.tearDown()),
    frame: () => innerFrame(page),
    /** The page's clock, not Kling's. */
    passSeconds: (seconds: number) => page.clock.runFor(seconds * 1000),
    /** Resolves when the chat shows the page at its whole height, in a window of this width. */
    fit: async (width: number) => {
      await page.setViewportSize({ width, height: 900 })
      const wanted = () =>
        innerFrame(page).evaluate(() => ({
          height: Math.ceil(document.body.getBoundingClientRect().height),
          shown: [window.innerWidth, window.innerHeight]
        }))
      await waitUntil(async () => {
        await page.clock.runFor(100)
        const [{ height, shown }, box] = [await wanted(), await page.locator("iframe").boundingBox()]
        return (
          box !== null && box.width <= width && shown[0] === box.width && box.height === height && shown[1] === height
        )
      })
    },
    close: () => context.close()
  }
}

export type BoardPage = Awaited<ReturnType<typeof openPage>>

/** The frame that the page itself runs in: two levels deep. */
const innerFrame = (page: Page) => {
  const frame = page.frames().find((frame) => frame.parentFrame()?.parentFrame() === page.mainFrame())
  if (frame === undefined) throw new Error("no page is open")
  return frame
}
