import { waitUntil } from "./environment.ts"
import type { BoardPage, Product } from "./open-board.ts"

const longPrompt =
  "A slow tracking shot along a narrow harbour at first light: fishing boats with peeling blue paint rock against the quay, " +
  "gulls lift off one after another, a woman in a yellow raincoat coils a rope and looks up as the camera passes. " +
  "Mist on the water, low sun behind the cranes, 35 mm film grain, muted colours. The camera never stops; at the end of the " +
  "quay it rises over the breakwater and finds the open sea, where a single sail stands on the horizon."

const idOn = (board: BoardPage) => board.text("#details dd.id")

/** Shows a finished task, and waits until its media has loaded. */
const showTask = async (board: BoardPage, taskId: string) => {
  await board.turn({ tool: "check_video_status", args: { task_id: taskId } })
  await board.until(async () => /^(Ready|Failed)/.test(await board.text("#kind")))
  await mediaLoaded(board)
}

const mediaLoaded = (board: BoardPage) =>
  waitUntil(() =>
    board.frame().evaluate(
      () =>
        [...document.querySelectorAll<HTMLImageElement>("#player img")].every((image) => image.naturalWidth > 0) &&
        [...document.querySelectorAll<HTMLVideoElement>("#player video")].every(
          // Idle: the browser's own loading indicator is gone as well.
          (video) => video.readyState >= 2 && video.networkState === HTMLMediaElement.NETWORK_IDLE
        )
    )
  )

const click = (board: BoardPage, name: string) => board.board.getByRole("button", { name, exact: true }).click()

/** Creates tasks of every kind once, and returns functions that bring a page into each of its states. */
export const makeBoardStates = async (product: Product) => {
  const board = await product.openPage()
  let created = 0
  let runs = 0
  const create = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    await board.turn({ tool, args })
    await product.finish(++created)
    return idOn(board)
  }
  await create("generate_video", { prompt: "A dancer turns in an empty hall", aspect_ratio: "9:16" })
  const nine = await create("generate_image", { prompt: "Nine studies of a harbour at first light", num_images: 9 })
  await product.injectFault({
    fault: "fail",
    message: "The content was refused by the safety review. Please change the prompt."
  })
  const failed = await create("generate_video", { prompt: "Something that Kling refuses" })
  const video = await create("generate_video", { prompt: longPrompt })
  await board.close()

  const finished = (page: BoardPage) => showTask(page, video)
  const large = async (page: BoardPage) => {
    await showTask(page, nine)
    await click(page, "Show image 3 of 9")
    await mediaLoaded(page)
  }
  const picking = async (page: BoardPage) => {
    await finished(page)
    await click(page, "Compare")
  }
  return {
    running: async (page: BoardPage) => {
      const prompt = `${longPrompt} Take ${++runs}.`
      await page.turn({ tool: "generate_video", args: { prompt, duration: 5, aspect_ratio: "16:9" } })
      created++
      await page.passSeconds(1)
      await waitUntil(async () => (await page.text("#player")).includes("Usually about"))
      await page.passSeconds(23)
    },
    finished,
    form: async (page: BoardPage) => {
      await finished(page)
      await click(page, "Edit and regenerate")
    },
    picking,
    compared: async (page: BoardPage) => {
      await picking(page)
      // The oldest video that is still listed: at first the portrait one.
      await page.board.locator('[data-name^="card-kk-t2v-"]').last().click()
      await mediaLoaded(page)
    },
    nine: (page: BoardPage) => showTask(page, nine),
    large,
    failed: (page: BoardPage) => showTask(page, failed),
    refused: async (page: BoardPage) => {
      await page.turn({ tool: "generate_video", args: { prompt: "a kite", duration: 7, model_name: "kling-2.6" } })
      await page.passSeconds(1)
    },
    /** Completes running tasks, so that they do not hold concurrency slots. */
    finishAll: () => product.finish(created)
  }
}

export type BoardStates = Awaited<ReturnType<typeof makeBoardStates>>
