import { defaultVideoModel, findVideoModel, videoModels } from "@klingkit/core"
import { oneOf, videoModelNames } from "../completions.ts"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

const live = videoModels.filter(({ state }) => state === "live")
const ratios = [...new Set(live.flatMap((model) => model.aspectRatios))]

export const storyboard: Prompt = {
  name: "storyboard",
  title: "Storyboard",
  description: "A story in several shots: planned, priced, then filmed",
  needs: ["generate_video", "extend_video", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "story", description: "What happens, in a few sentences", required: true },
    { name: "shots", description: "How many shots, 1 to 6; default 3", complete: oneOf(["3", "2", "4", "5", "6"]) },
    { name: "model_name", description: `Default ${defaultVideoModel}`, complete: videoModelNames },
    { name: "aspect_ratio", description: "Default 16:9", complete: oneOf(ratios) }
  ],
  text: ({ story = "", shots = "3", model_name = defaultVideoModel, aspect_ratio = "16:9" }) =>
    [
      `Film this story with Kling, in ${shots} shots, ${aspect_ratio}: ${quoted(story)}`,
      "",
      "Plan:",
      `1. Write the shots, one line each: who or what is seen, the one thing that happens, place and light, the camera. Use the very same words for the same person or thing in every shot.`,
      `2. ${wayOf(model_name)}`,
      `3. ${priceFirst}`,
      "",
      "Make:",
      rhythm
    ].join("\n")
}

const chain =
  "The first shot is a generate_video; every other one is an extend_video of the task before it, which takes up look, people and motion (clips of 3 to 15 s)."

/** Several shots in one clip cost the same seconds, and look alike. */
const wayOf = (name: string): string => {
  const model = findVideoModel(name)
  if (model === undefined || model.multiShot === false) return `One clip for each shot, with ${name} first. ${chain}`
  const longest = "values" in model.seconds ? Math.max(...model.seconds.values) : model.seconds.max
  const form = `"shot 1, 3, words; shot 2, 4, words;" (number, whole seconds, at most 512 characters; 6 shots at most; the seconds add up to duration)`
  return [
    `If all shots fit into ${longest} s: one generate_video with ${name}, the prompt in the form ${form}${model.multiShot === true ? ", and multi_shot true" : ""}.`,
    `Else one clip for each shot. ${chain}`
  ].join(" ")
}
