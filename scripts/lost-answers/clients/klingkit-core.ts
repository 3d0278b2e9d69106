import { createKling } from "@klingkit/core"
import { type MakeVideo, prompt } from "./client.ts"

export const makeVideo: MakeVideo = async () => {
  await using kling = createKling()
  const { handle } = await kling.submit("new.t2v.kling-3.0", { prompt, durationSeconds: 5 })
  const task = await kling.wait(handle)
  if (task.status !== "succeed") throw new Error(`the task ended as ${task.status}`)
}
