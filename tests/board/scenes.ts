import { vi } from "vitest"
import type { BoardPage, Product } from "./open-board.ts"

const longPrompt =
  "A slow tracking shot along a narrow harbour at first light: fishing boats with peeling blue paint rock against the quay, " +
  "gulls lift off one after another, a woman in a yellow raincoat coils a rope and looks up as the camera passes. " +
  "Mist on the water, low sun behind the cranes, 35 mm film grain, muted colours. The camera never stops; at the end of the " +
  "quay it rises over the breakwater and finds the open sea, where a single sail stands on the horizon."

const idOn = (board: BoardPage) => board.text("#facts dd.id")

/** Shows a finished task, and waits until its pictures and films have come. */
const showTask = async (board: BoardPage, taskId: string) => {
  await board.turn({ tool: "check_video_status", args: { task_id: taskId } })
  await board.until(async () => /^(Ready|Failed)/.test(await board.text("#kind")))
  await mediaLoaded(board)
}

const mediaLoaded = (board: BoardPage) =>
  vi.waitUntil(
    () =>
      board.frame().evaluate(
        () =>
          [...document.querySelectorAll<HTMLImageElement>("#stage img")].every((one) => one.naturalWidth > 0) &&
          [...document.querySelectorAll<HTMLVideoElement>("#stage video")].every(
            // At rest: the browser's own sign of loading is gone as well.
            (one) => one.readyState >= 2 && one.networkState === HTMLMediaElement.NETWORK_IDLE
          )
      ),
    { timeout: 15_000, interval: 50 }
  )

const press = (board: BoardPage, name: string) => board.board.getByRole("button", { name, exact: true }).click()

/** Makes tasks of every kind once, and gives ways to see a page in each of its states. */
export const makeScenes = async (product: Product) => {
  const board = await product.openPage()
  let made = 0
  let films = 0
  const make = async (tool: string, args: Readonly<Record<string, unknown>>) => {
    await board.turn({ tool, args })
    await product.finish(++made)
    return idOn(board)
  }
  await make("generate_video", { prompt: "A dancer turns in an empty hall", aspect_ratio: "9:16" })
  const nine = await make("generate_image", { prompt: "Nine studies of a harbour at first light", num_images: 9 })
  await product.strike({
    fault: "fail",
    message: "The content was refused by the safety review. Please change the prompt."
  })
  const failed = await make("generate_video", { prompt: "Something that Kling refuses" })
  const film = await make("generate_video", { prompt: longPrompt })
  await board.close()

  const finished = (on: BoardPage) => showTask(on, film)
  const large = async (on: BoardPage) => {
    await showTask(on, nine)
    await press(on, "Show image 3 of 9")
    await mediaLoaded(on)
  }
  const picking = async (on: BoardPage) => {
    await finished(on)
    await press(on, "Compare")
  }
  return {
    running: async (on: BoardPage) => {
      const prompt = `${longPrompt} Take ${++films}.`
      await on.turn({ tool: "generate_video", args: { prompt, duration: 5, aspect_ratio: "16:9" } })
      made++
      await on.passSeconds(1)
      await vi.waitUntil(async () => (await on.text("#stage")).includes("Usually about"), {
        timeout: 5000,
        interval: 50
      })
      await on.passSeconds(23)
    },
    finished,
    form: async (on: BoardPage) => {
      await finished(on)
      await press(on, "Try again with changes")
    },
    picking,
    compared: async (on: BoardPage) => {
      await picking(on)
      // The oldest film that is still listed: at first the upright one.
      await on.board.locator('[data-name^="card-kk-t2v-"]').last().click()
      await mediaLoaded(on)
    },
    nine: (on: BoardPage) => showTask(on, nine),
    large,
    failed: (on: BoardPage) => showTask(on, failed),
    refused: async (on: BoardPage) => {
      await on.turn({ tool: "generate_video", args: { prompt: "a kite", duration: 7, model_name: "kling-2.6" } })
      await on.passSeconds(1)
    },
    /** Lets those that still run end, so that they do not stand in the way of others. */
    finishAll: () => product.finish(made)
  }
}

export type Scenes = Awaited<ReturnType<typeof makeScenes>>
