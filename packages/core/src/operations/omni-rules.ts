import { findVideoModel, type ReferenceLimits } from "../models/video-models.ts"
import type { Rule } from "../params/check-input.ts"
import { frameIdRules, idsToldApart, type ReferableContents } from "./reference-ids.ts"

/** What an omni request brings along, in the words of neither generation. */
export interface OmniContents {
  readonly model: string
  readonly firstFrame: boolean
  readonly lastFrame: boolean
  /** Reference pictures, frames not counted. */
  readonly pictures: number
  readonly elements: number
  readonly video?: "feature" | "base" | undefined
  readonly durationSeconds?: number | undefined
}

/** How the fields are called where the rules are used. */
interface OmniFields {
  readonly firstFrame: string
  readonly lastFrame: string
  readonly pictures: string
}

/**
 * What omni models let go together, read from their rows of the capability table. Rules that none of `models` knows
 * are left out; a model without a row passes.
 */
export const omniContentRules = <Input>(
  models: ReadonlyArray<string>,
  contentsOf: (input: Input) => OmniContents,
  fields: OmniFields
): ReadonlyArray<Rule<Input>> => {
  const known = models.flatMap((model) => findVideoModel(model)?.references ?? [])
  return contentRules(fields)
    .filter(({ limit }) => limit === undefined || known.some((limits) => limits[limit] !== undefined))
    .map((rule) => ({ name: rule.name, field: rule.field, check: (input) => rule.check(contentsOf(input)) }))
}

interface ContentRule extends Rule<OmniContents> {
  /** The column of the table without which the rule has nothing to say. */
  readonly limit?: keyof ReferenceLimits
}

const contentRules = (fields: OmniFields): ReadonlyArray<ContentRule> => [
  {
    name: "last-frame-needs-first-frame",
    field: fields.lastFrame,
    check: ({ firstFrame, lastFrame }) =>
      lastFrame && !firstFrame ? "needs a first frame too: a last frame alone is refused" : undefined
  },
  {
    name: "references-within-limit",
    field: fields.pictures,
    check: ({ model, pictures, elements, video }) => {
      const limits = findVideoModel(model)?.references
      if (limits === undefined) return undefined
      const max = video === undefined ? limits.max : limits.maxWithVideo
      const beside = video === undefined ? "" : " beside a reference video"
      return pictures + elements > max
        ? `and elements are ${pictures + elements} together; at most ${max}${beside}`
        : undefined
    }
  },
  {
    name: "elements-with-frames",
    limit: "maxElementsWithFrames",
    field: "elements",
    check: ({ model, elements, firstFrame, lastFrame }) => {
      const max = findVideoModel(model)?.references?.maxElementsWithFrames
      return max !== undefined && (firstFrame || lastFrame) && elements > max
        ? `are ${elements}; at most ${max} beside a first or last frame`
        : undefined
    }
  },
  {
    name: "both-frames-alone",
    limit: "bothFramesAlone",
    field: fields.lastFrame,
    check: ({ model, firstFrame, lastFrame, pictures, elements, video }) =>
      findVideoModel(model)?.references?.bothFramesAlone === true &&
      firstFrame &&
      lastFrame &&
      (pictures + elements > 0 || video !== undefined)
        ? "cannot go with a first frame and other references at once; leave the last frame or the references out"
        : undefined
  },
  {
    name: "base-video-without-frames",
    limit: "baseVideoWithoutFrames",
    field: fields.firstFrame,
    check: ({ model, firstFrame, lastFrame, video }) =>
      findVideoModel(model)?.references?.baseVideoWithoutFrames === true &&
      video === "base" &&
      (firstFrame || lastFrame)
        ? "cannot go with a video to edit, and neither can a last frame; leave the frames out"
        : undefined
  },
  {
    name: "duration-follows-base-video",
    field: "durationSeconds",
    check: ({ video, durationSeconds }) =>
      video === "base" && durationSeconds !== undefined
        ? "would be ignored: the result keeps the length of the edited video; leave it out"
        : undefined
  },
  {
    name: "duration-without-references",
    limit: "secondsWithoutReferences",
    field: "durationSeconds",
    check: ({ model, durationSeconds = 5, pictures, elements, lastFrame, video }) => {
      const only = findVideoModel(model)?.references?.secondsWithoutReferences
      const bare = pictures + elements === 0 && !lastFrame && video === undefined
      return only !== undefined && bare && !only.includes(durationSeconds)
        ? `${durationSeconds} is possible with reference pictures only; without them ${only.join(" or ")}`
        : undefined
    }
  }
]

interface OmniInput extends ReferableContents {
  readonly audio?: string
  readonly durationSeconds?: number
}

/** The rules that both omni models of the new generation share. */
export const newOmniRules = (model: string): ReadonlyArray<Rule<OmniInput>> => [
  {
    name: "one-reference-video",
    field: "baseVideo",
    check: ({ featureVideo, baseVideo }) =>
      featureVideo !== undefined && baseVideo !== undefined
        ? "and featureVideo exclude each other: one reference video at most"
        : undefined
  },
  ...omniContentRules<OmniInput>(
    [model],
    (input) => ({
      model,
      firstFrame: input.firstFrame !== undefined,
      lastFrame: input.lastFrame !== undefined,
      pictures: input.referenceImages?.length ?? 0,
      elements: input.elements?.length ?? 0,
      video: input.baseVideo !== undefined ? "base" : input.featureVideo !== undefined ? "feature" : undefined,
      durationSeconds: input.durationSeconds
    }),
    { firstFrame: "firstFrame", lastFrame: "lastFrame", pictures: "referenceImages" }
  ),
  {
    name: "original-audio-needs-a-video",
    field: "audio",
    check: ({ audio, baseVideo, featureVideo }) =>
      audio === "original" && baseVideo === undefined && featureVideo === undefined
        ? 'original keeps the sound of a reference video, and there is none; set audio to "off"'
        : undefined
  },
  ...frameIdRules,
  idsToldApart("elements")
]

interface Omni30Input extends OmniInput {
  readonly multiShot?: boolean
}

const tied = findVideoModel("kling-3.0-omni")?.references?.besideVideo

/** What Kling 3.0 Omni ties to the kind of reference video, read from its row of the capability table. */
export const omni30VideoRules: ReadonlyArray<Rule<Omni30Input>> = [
  {
    name: "audio-off-with-feature-video",
    field: "audio",
    check: ({ featureVideo, audio = "off" }) =>
      featureVideo !== undefined && isRefused(tied?.feature.audio, audio)
        ? `${audio} is not possible with a feature video; set audio to "off"`
        : undefined
  },
  {
    name: "no-native-audio-with-base-video",
    field: "audio",
    check: ({ baseVideo, audio = "off" }) =>
      baseVideo !== undefined && isRefused(tied?.base.audio, audio)
        ? `${audio} is not possible when a video is edited; set audio to "original" or "off"`
        : undefined
  },
  {
    name: "multi-shot-with-feature-video",
    field: "multiShot",
    check: ({ featureVideo, multiShot = multiShotDefault }) =>
      featureVideo !== undefined && multiShot !== tied?.feature.multiShot
        ? "false is not possible with a feature video; set it to true"
        : undefined
  },
  {
    name: "no-multi-shot-with-base-video",
    field: "multiShot",
    check: ({ baseVideo, featureVideo, multiShot = multiShotDefault }) =>
      baseVideo !== undefined && featureVideo === undefined && multiShot !== tied?.base.multiShot
        ? "must be set to false when a video is edited: Kling assumes true"
        : undefined
  }
]

const multiShotDefault = true

const isRefused = (allowed: ReadonlyArray<string> | undefined, audio: string): boolean =>
  allowed?.includes(audio) === false
