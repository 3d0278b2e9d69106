import { kling30Omni } from "../models/live-models.ts"
import { findByName, type ModelFacts, type ReferenceLimits } from "../models/model-facts.ts"
import type { Rule } from "../params/check-input.ts"
import { namedReferences } from "./prompt-references.ts"
import { frameIdRules, unambiguousIds, type ReferableContents } from "./reference-ids.ts"

/** The contents of an omni request, independent of the generation. */
export interface OmniContents {
  readonly model: string
  readonly firstFrame: boolean
  readonly lastFrame: boolean
  /** Reference images, not counting frames. */
  readonly images: number
  readonly elements: number
  readonly video?: "feature" | "base" | undefined
  readonly durationSeconds?: number | undefined
}

/** The field names of the operation that uses the rules. */
interface OmniFields {
  readonly firstFrame: string
  readonly lastFrame: string
  readonly images: string
}

/**
 * Which contents omni models accept together, from their facts. Rules that apply to none of `models` are omitted;
 * a model that is not among them passes.
 */
export const omniContentRules = <Input>(
  models: ReadonlyArray<ModelFacts>,
  contentsOf: (input: Input) => OmniContents,
  fields: OmniFields
): ReadonlyArray<Rule<Input>> => {
  const limitsOf = (model: string): ReferenceLimits | undefined => findByName(models, model)?.references
  return contentRules(fields, limitsOf)
    .filter(({ limit }) => limit === undefined || models.some(({ references }) => references?.[limit] !== undefined))
    .map((rule) => ({ name: rule.name, field: rule.field, check: (input) => rule.check(contentsOf(input)) }))
}

interface ContentRule extends Rule<OmniContents> {
  /** The limit that the rule depends on. */
  readonly limit?: keyof ReferenceLimits
}

const contentRules = (
  fields: OmniFields,
  limitsOf: (model: string) => ReferenceLimits | undefined
): ReadonlyArray<ContentRule> => [
  {
    name: "last-frame-needs-first-frame",
    field: fields.lastFrame,
    check: ({ firstFrame, lastFrame }) =>
      lastFrame && !firstFrame ? "requires a first frame: a last frame alone is rejected" : undefined
  },
  {
    name: "references-within-limit",
    field: fields.images,
    check: ({ model, images, elements, video }) => {
      const limits = limitsOf(model)
      if (limits === undefined) return undefined
      const max = video === undefined ? limits.max : limits.maxWithVideo
      const condition = video === undefined ? "" : " with a reference video"
      return images + elements > max ? `and elements total ${images + elements}; at most ${max}${condition}` : undefined
    }
  },
  {
    name: "elements-with-frames",
    limit: "maxElementsWithFrames",
    field: "elements",
    check: ({ model, elements, firstFrame, lastFrame }) => {
      const max = limitsOf(model)?.maxElementsWithFrames
      return max !== undefined && (firstFrame || lastFrame) && elements > max
        ? `are ${elements}; at most ${max} with a first or last frame`
        : undefined
    }
  },
  {
    name: "both-frames-alone",
    limit: "bothFramesAlone",
    field: fields.lastFrame,
    check: ({ model, firstFrame, lastFrame, images, elements, video }) =>
      limitsOf(model)?.bothFramesAlone === true &&
      firstFrame &&
      lastFrame &&
      (images + elements > 0 || video !== undefined)
        ? "cannot be combined with both a first frame and other references; omit the last frame or the references"
        : undefined
  },
  {
    name: "base-video-without-frames",
    limit: "baseVideoWithoutFrames",
    field: fields.firstFrame,
    check: ({ model, firstFrame, lastFrame, video }) =>
      limitsOf(model)?.baseVideoWithoutFrames === true && video === "base" && (firstFrame || lastFrame)
        ? "cannot be combined with a video to edit, and neither can a last frame; omit the frames"
        : undefined
  },
  {
    name: "duration-follows-base-video",
    field: "durationSeconds",
    check: ({ video, durationSeconds }) =>
      video === "base" && durationSeconds !== undefined
        ? "would be ignored: the result keeps the length of the edited video; omit it"
        : undefined
  },
  {
    name: "duration-without-references",
    limit: "secondsWithoutReferences",
    field: "durationSeconds",
    check: ({ model, durationSeconds = 5, images, elements, lastFrame, video }) => {
      const allowed = limitsOf(model)?.secondsWithoutReferences
      const hasNoReferences = images + elements === 0 && !lastFrame && video === undefined
      return allowed !== undefined && hasNoReferences && !allowed.includes(durationSeconds)
        ? `${durationSeconds} requires reference images; without them use ${allowed.join(" or ")}`
        : undefined
    }
  }
]

interface OmniInput extends ReferableContents {
  readonly prompt?: string
  readonly audio?: string
  readonly durationSeconds?: number
}

/** The rules that both omni models of the new generation share. */
export const newOmniRules = (model: ModelFacts): ReadonlyArray<Rule<OmniInput>> => [
  {
    name: "one-reference-video",
    field: "baseVideo",
    check: ({ featureVideo, baseVideo }) =>
      featureVideo !== undefined && baseVideo !== undefined
        ? "and {featureVideo} are mutually exclusive: one reference video at most"
        : undefined
  },
  ...omniContentRules<OmniInput>(
    [model],
    (input) => ({
      model: model.id,
      firstFrame: input.firstFrame !== undefined,
      lastFrame: input.lastFrame !== undefined,
      images: input.referenceImages?.length ?? 0,
      elements: input.elements?.length ?? 0,
      video: input.baseVideo !== undefined ? "base" : input.featureVideo !== undefined ? "feature" : undefined,
      durationSeconds: input.durationSeconds
    }),
    { firstFrame: "firstFrame", lastFrame: "lastFrame", images: "referenceImages" }
  ),
  {
    name: "original-audio-needs-a-video",
    field: "audio",
    check: ({ audio, baseVideo, featureVideo }) =>
      audio === "original" && baseVideo === undefined && featureVideo === undefined
        ? 'original keeps the audio of a reference video, and there is none; set audio to "off"'
        : undefined
  },
  ...frameIdRules,
  unambiguousIds("elements"),
  namedReferences
]

interface Omni30Input extends OmniInput {
  readonly multiShot?: boolean
}

const constraints = kling30Omni.references.withVideo

/** What Kling 3.0 Omni requires for each kind of reference video, from its facts. */
export const omni30VideoRules: ReadonlyArray<Rule<Omni30Input>> = [
  {
    name: "audio-off-with-feature-video",
    field: "audio",
    check: ({ featureVideo, audio = "off" }) =>
      featureVideo !== undefined && isRejected(constraints.feature.audio, audio)
        ? `${audio} is not supported with a feature video; set audio to "off"`
        : undefined
  },
  {
    name: "no-native-audio-with-base-video",
    field: "audio",
    check: ({ baseVideo, audio = "off" }) =>
      baseVideo !== undefined && isRejected(constraints.base.audio, audio)
        ? `${audio} is not supported when a video is edited; set audio to "original" or "off"`
        : undefined
  },
  {
    name: "multi-shot-with-feature-video",
    field: "multiShot",
    check: ({ featureVideo, multiShot = multiShotDefault }) =>
      featureVideo !== undefined && multiShot !== constraints.feature.multiShot
        ? "false is not supported with a feature video; set it to true"
        : undefined
  },
  {
    name: "no-multi-shot-with-base-video",
    field: "multiShot",
    check: ({ baseVideo, featureVideo, multiShot = multiShotDefault }) =>
      baseVideo !== undefined && featureVideo === undefined && multiShot !== constraints.base.multiShot
        ? "must be set to false when a video is edited: the default is true"
        : undefined
  }
]

const multiShotDefault = true

const isRejected = (allowed: ReadonlyArray<string>, audio: string): boolean => !allowed.includes(audio)
