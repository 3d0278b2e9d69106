import { defaultImageModel, defaultVideoModel, imageModels, type VideoModel, videoModels } from "@klingkit/core"
import { imageUnits, shotLimits, unitUsd, videoUnitsPerSecond } from "@klingkit/core/internal"
import type { Skill } from "./skill.ts"

const live = videoModels.filter(({ state }) => state === "live")
const liveImageModels = imageModels.filter(({ state }) => state === "live")

/** USD for five silent seconds at the lowest resolution, or with audio where the model is never silent. */
const cheapest = (model: VideoModel): string => {
  const prices: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> =
    videoUnitsPerSecond
  const rate = (prices[model.id]?.["silent"] ?? prices[model.id]?.["native"])?.[model.resolutions[0] ?? ""]
  return rate === undefined ? "ask quote_cost" : `$${(rate * 5 * unitUsd.video).toFixed(2)}`
}

const seconds = ({ seconds: range }: VideoModel): string =>
  "values" in range ? range.values.join(" or ") : `${range.min} to ${range.max}`

const row = (model: VideoModel): string =>
  [
    model.id,
    seconds(model),
    model.resolutions.join(", "),
    `${model.audio.join(", ")}${model.nativeAudioAt === undefined ? "" : ` (native at ${model.nativeAudioAt.join(", ")})`}`,
    model.lastFrame ? `yes${model.lastFrameAt === undefined ? "" : `, at ${model.lastFrameAt.join(", ")}`}` : "no",
    model.multiShot === true ? "multi_shot" : model.multiShot === "prompt" ? "in the prompt" : "no",
    model.negativePrompt ? "yes" : "no",
    cheapest(model)
  ].join(" | ")

const names = (pick: (model: VideoModel) => boolean): string =>
  live
    .filter(pick)
    .map(({ id }) => id)
    .join(", ")

const body = `# Prompting Kling

Describe what a camera would see. Kling renders what is written, so moods and reasons help only where they are visible. Limits and prices below are Kling's; the advice on wording is craft, not a rule.

## Text to video (generate_video)
One sentence each, in this order; leave out what does not matter:
1. **Subject**: who or what, with two or three visible traits ("an old fisherman in a yellow coat").
2. **Action**: one thing that happens from beginning to end. Five seconds hold one action, ten hold two.
3. **Location and time**: where, in which weather, at which hour.
4. **Camera**: one move ("slow push in", "the camera follows from the side") or "the camera stands still". There is no camera setting any more: the words are the setting.
5. **Light and style**: "low evening sun, long shadows", "16 mm film grain", "studio, white background".

Good: "An old fisherman in a yellow coat pulls a net out of grey water. Dawn, light rain, a small harbour. The camera stands still at water height. Soft blue light, film grain."
Weak: "An epic emotional video about the sea, best quality, 8k, masterpiece."

- Keep a prompt below 2500 characters; most good ones have 30 to 100 words.
- Use exactly the same words for the same person in every shot.
- Text in the frame, exact counts and small hands are unreliable. Add writing afterwards.

## Image to video (generate_image_to_video)
The image gives look and aspect ratio, so the prompt describes only what changes: who moves how, and what the camera does. Do not describe the image again, and do not contradict it. With image_tail_url the video ends on a second image: use two of the same location, light and frame. A last frame works with ${names((model) => model.lastFrame)}.

## Several shots
- In one video, up to ${shotLimits.count} shots: shots [{"prompt": "a fox looks up", "duration": 3}, {"prompt": "it runs into the wood", "duration": 4}] in place of prompt, with ${names((model) => model.multiShot !== false)}; at most ${shotLimits.characters} characters each. The video lasts as long as all of them.
- The same character in several shots: manage_elements creates an element of one or more images, free; give its id as element_ids and call it @element_1 in the prompt. An image without an element: reference_images, @image_1.
- Longer than one video: extend_video makes the next shot of a finished one. Say what happens next, not what has happened.

## Audio
audio "native" makes audio with the video. Say who speaks and put the words in quotes; name what else is heard ("rain on a tin roof, no music"). Audio costs more with most models. For a text that must be exact to the word: create_lipsync on a finished video with one face.

## What to avoid
negative_prompt is supported by ${names((model) => model.negativePrompt)} only. Elsewhere say what is there instead: "an empty street", not "no cars".

## Images (generate_image)
Subject, location, light, lens, style. num_images 3 or 4 for a choice. With ref_image_url the image leads: ref_image_weight near 1 stays close to it, near 0 takes only the idea. Models: ${liveImageModels.map(({ id }) => id).join(", ")}; default ${defaultImageModel}, $${(imageUnits["kling-v3"]["1k/2k"] * unitUsd.image).toFixed(3)} per image.

## Video models
Default ${defaultVideoModel}. Price: five seconds, lowest resolution, silent where the model can be.

model_name | seconds | resolution | audio | last frame | several shots | negative_prompt | 5 s from
--- | --- | --- | --- | --- | --- | --- | ---
${live.map(row).join("\n")}

kling-3.0-omni and kling-o1 take a reference video (extend_video).

## Spend little
1. Try the prompt as an image first: it costs a fraction of a video. Then animate the image.
2. Draft at 720p, 5 s, silent. Only make the draft that works again, longer, larger, with audio.
3. quote_cost is free, and says how exact it is. Call it before everything that is not a draft.
4. Change one thing at a time: subject, or action, or camera.

## When something goes wrong
- Rejected for its content: Kling's message gives the reason; rephrase. A retry is a new, paid task.
- The subject changes in the middle: shorter video, fewer actions, or start from an image.
- Nothing moves: name the motion and its speed. Everything moves: "only the hair moves; the camera stands still".
`

export const promptingKling: Skill = {
  name: "prompting-kling",
  description:
    "How to write prompts for Kling AI's videos and images, which model to choose, and how to save money. Read before generate_video, generate_image_to_video, extend_video or generate_image.",
  body
}
