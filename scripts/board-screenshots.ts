// Takes screenshots of the board in all of its states, for people to look at: node scripts/board-screenshots.ts <folder>
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { makeBoardStates } from "../tests/board/board-states.ts"
import { openProduct } from "../tests/board/open-board.ts"

const folder = resolve(process.argv[2] ?? "tests/board/artifacts")
mkdirSync(folder, { recursive: true })
const product = await openProduct()
try {
  const { finishAll, ...states } = await makeBoardStates(product)
  for (const theme of ["light", "dark"] as const) {
    const board = await product.openPage({ theme })
    await board.page.emulateMedia({ reducedMotion: "reduce" })
    for (const [name, show] of Object.entries(states)) {
      await show(board)
      for (const width of [320, 720, 1280]) {
        await board.fit(width)
        const path = join(folder, `${name}-${width}-${theme}.png`)
        await board.page.locator("iframe").screenshot({ path })
      }
    }
    await finishAll()
    await board.close()
  }
} finally {
  await product.close()
}
console.log(`The screenshots are in ${folder}`)
