import { makeBoard } from "./board.tsx"
import { connectHost } from "./host.ts"
import { readSettings } from "./settings.ts"

const board = makeBoard(document.querySelector("main") ?? document.body, readSettings())
connectHost(board.events).then(board.start, (error: unknown) =>
  board.fail(`Cannot connect to the chat: ${error instanceof Error ? error.message : "no reason given"}`)
)
