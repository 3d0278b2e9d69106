import { byId } from "./dom.ts"
import { makeBoard } from "./board.ts"
import { connectHost } from "./host.ts"
import { readSettings } from "./settings.ts"

const board = makeBoard(readSettings())
board.render()
connectHost(board.events).then(board.start, (error: unknown) => {
  byId("note").textContent = `Cannot connect to the chat: ${error instanceof Error ? error.message : "no reason given"}`
})
