import {
  defaultImageModel,
  defaultVideoModel,
  imageModels,
  imageUnits,
  unitUsd,
  type VideoModel,
  videoModels,
  videoUnitsPerSecond
} from "@klingkit/core"
import type { Skill } from "./skill.ts"

const live = videoModels.filter(({ state }) => state === "live")
const pictureModels = imageModels.filter(({ state }) => state === "live")

/** USD of five silent seconds at the lowest resolution, or with sound where there is nothing else. */
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

Say what a camera would see. Kling films what is written, so moods and reasons help only where they can be seen. Limits and prices below are Kling's; the advice on words is craft, not a rule.

## A clip from words (generate_video)
One sentence each, in this order; leave out what does not matter:
1. **Subject**: who or what, with two or three traits that can be seen ("an old fisherman in a yellow coat").
2. **Action**: one thing that happens from beginning to end. Five seconds hold one action, ten hold two.
3. **Place and time**: where, in which weather, at which hour.
4. **Camera**: one move ("slow push in", "the camera follows from the side") or "the camera stands still". There is no camera setting any more: the words are the setting.
5. **Light and look**: "low evening sun, long shadows", "16 mm film grain", "studio, white ground".

Good: "An old fisherman in a yellow coat pulls a net out of grey water. Dawn, light rain, a small harbour. The camera stands still at water height. Soft blue light, film grain."
Weak: "An epic emotional video about the sea, best quality, 8k, masterpiece."

- Keep a prompt below 2500 characters; most good ones have 30 to 100 words.
- Use the very same words for the same person in every shot.
- Text in the picture, exact counts and small hands are a gamble. Add writing afterwards.

## A clip from a picture (generate_image_to_video)
The picture gives look and shape, so the prompt tells only what changes: who moves how, and what the camera does. Do not describe the picture again, and ask for nothing that it contradicts. With image_tail_url the clip ends in a second picture: take two of the same place, light and frame. A last frame works with ${names((model) => model.lastFrame)}.

## Several shots
- In one clip, up to 6 shots: "shot 1, 3, a fox looks up; shot 2, 4, it runs into the wood;" - number, whole seconds, at most 512 characters of words. The seconds add up to duration. Set multi_shot with ${names((model) => model.multiShot === true)}; ${names((model) => model.multiShot === "prompt")} reads the shots from the prompt alone.
- Longer than a clip: extend_video makes the next shot of a finished one. Say what happens next, not what has happened.

## Sound
audio "native" makes sound with the clip. Say who speaks and put the words in quotes; name what else is heard ("rain on a tin roof, no music"). Sound costs more with most models. For a text that must be right to the word: create_lipsync on a finished clip with one face.

## What is not wanted
negative_prompt is taken by ${names((model) => model.negativePrompt)} only. Elsewhere say what is there instead: "an empty street", not "no cars".

## Pictures (generate_image)
Subject, place, light, lens, look. num_images 3 or 4 for a choice. With ref_image_url the picture leads: ref_image_weight near 1 keeps to it, near 0 only takes its idea. Models: ${pictureModels.map(({ id }) => id).join(", ")}; ${defaultImageModel} when none is named, $${(imageUnits["kling-v3"]["1k/2k"] * unitUsd.image).toFixed(3)} a picture.

## Models of clips
${defaultVideoModel} is taken when none is named. Price: five seconds, lowest resolution, silent where the model can be.

model_name | seconds | resolution | audio | last frame | several shots | negative_prompt | 5 s from
--- | --- | --- | --- | --- | --- | --- | ---
${live.map(row).join("\n")}

kling-3.0-omni and kling-o1 take a clip as reference (extend_video).

## Spend little
1. Try the words as a picture first: it costs a fraction of a clip. Then film the picture.
2. Draft at 720p, 5 s, silent. Only the draft that works is made again longer, larger, with sound.
3. quote_cost is free, and says how exact it is. Ask it before every call that is not a draft.
4. Change one thing at a time: subject, or action, or camera.

## When it went wrong
- Failed for what it shows: Kling's words name the reason; say it otherwise. A new try is a new, paid task.
- The subject changes in the middle: shorter clip, fewer actions, or start from a picture.
- Nothing moves: name the motion and its speed. Everything moves: "only the hair moves; the camera stands still".
`

export const promptingKling: Skill = {
  name: "prompting-kling",
  description:
    "How to write prompts for Kling AI's videos and images, which model to take, and how to spend little. Read before generate_video, generate_image_to_video, extend_video or generate_image.",
  body
}
