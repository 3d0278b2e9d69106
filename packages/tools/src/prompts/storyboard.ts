import { defaultVideoModel, findVideoModel, videoModels } from "@klingkit/core"
import { shotLimits } from "@klingkit/core/internal"
import { oneOf, videoModelNames } from "../completions.ts"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

const live = videoModels.filter(({ state }) => state === "live")
const ratios = [...new Set(live.flatMap((model) => model.aspectRatios))]

export const storyboard: Prompt = {
  name: "storyboard",
  title: "Storyboard",
  description: "A story in several shots: planned, priced, then made",
  needs: ["generate_video", "extend_video", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "story", description: "What happens, in a few sentences", required: true },
    { name: "shots", description: "Number of shots, 1 to 6; default 3", complete: oneOf(["3", "2", "4", "5", "6"]) },
    { name: "model_name", description: `Default ${defaultVideoModel}`, complete: videoModelNames },
    { name: "aspect_ratio", description: "Default 16:9", complete: oneOf(ratios) }
  ],
  text: ({ story = "", shots = "3", model_name = defaultVideoModel, aspect_ratio = "16:9" }) =>
    [
      `Turn this story into a Kling video of ${shots} shots, aspect_ratio ${aspect_ratio}: ${quoted(story)}`,
      "",
      "Plan:",
      "1. Write the shots, one line each: who or what is seen, the one thing that happens, location and light, the camera. Use exactly the same words for the same person or thing in every shot.",
      `2. ${methodFor(model_name)}`,
      `3. ${priceFirst}`,
      "",
      "Then:",
      rhythm
    ].join("\n")
}

const shotByShot =
  "The first shot is a generate_video; each later one is an extend_video with the task_id of the previous shot, which continues its look, people and motion (videos of 3 to 15 s); its prompt is what happens next."

/** Several shots in one video cost the same seconds, and look alike. */
const methodFor = (name: string): string => {
  const model = findVideoModel(name)
  if (model === undefined || model.multiShot === false)
    return `One video per shot, the first with model_name ${name}. ${shotByShot}`
  const longest = "values" in model.seconds ? Math.max(...model.seconds.values) : model.seconds.max
  return [
    `If all shots fit in ${longest} s: one generate_video with model_name ${name} and shots, a list with prompt and duration (whole seconds) of each; at most ${shotLimits.count}.`,
    `Otherwise one video per shot. ${shotByShot}`
  ].join(" ")
}
