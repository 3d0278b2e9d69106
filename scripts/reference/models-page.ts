import { imageModels, retiredModels, type VideoModel, videoModels } from "@klingkit/core"
import { code, page, table } from "./markdown.ts"

const yes = (value: boolean): string => (value ? "yes" : "")
const list = (values: ReadonlyArray<string | number>): string => values.join(", ")

const seconds = ({ seconds }: VideoModel): string =>
  "values" in seconds ? list(seconds.values) : `${seconds.min} to ${seconds.max}`

const audio = ({ audio, nativeAudioAt }: VideoModel): string =>
  audio.length === 1
    ? `always ${audio[0]}`
    : list(
        audio.map((kind) =>
          kind === "native" && nativeAudioAt !== undefined ? `native (${list(nativeAudioAt)})` : kind
        )
      )

const lastFrame = ({ lastFrame, lastFrameAt, lastFrameSilent }: VideoModel): string =>
  lastFrame
    ? [
        "yes",
        ...(lastFrameAt === undefined ? [] : [`at ${list(lastFrameAt)} only`]),
        ...(lastFrameSilent === true ? ["silent"] : [])
      ].join(", ")
    : ""

const references = ({ references, referenceVideo }: VideoModel): string =>
  references === undefined
    ? referenceVideo
      ? "images, a video"
      : ""
    : [
        `${references.max} images and elements, with a video ${references.maxWithVideo}`,
        ...(references.maxElementsWithFrames === undefined
          ? []
          : [`${references.maxElementsWithFrames} elements with a first or last frame`]),
        ...(references.bothFramesAlone === true ? ["nothing else with both frames"] : []),
        ...(references.baseVideoWithoutFrames === true ? ["no frames with a base video"] : []),
        ...Object.entries(references.withVideo ?? {}).map(
          ([use, { audio, multiShot }]) =>
            `with a ${use} video: audio ${audio.join(" or ")}, ${multiShot ? "multiple shots" : "one shot"}`
        ),
        ...(references.secondsWithoutReferences === undefined
          ? []
          : [`without references ${references.secondsWithoutReferences.join(" or ")} s`])
      ].join("; ")

const motion = ({ motion }: VideoModel): string =>
  motion === undefined
    ? ""
    : `${list(motion.resolutions)}; audio ${motion.audio.join(" or ")}; elements: ${motion.maxElements}`

/** The capability matrix of all models, and the replacements of retired ones. */
export const modelsPage = (): string =>
  page(
    "# Models",
    "Each name of a model works everywhere; dots and hyphens in versions are equivalent. Unknown names are sent unchanged, with a warning.",
    "## Video",
    table(
      ["model", "legacy name", "state", "products", "seconds", "resolution", "aspect ratio", "audio", "last frame"],
      videoModels.map((model) => [
        code(model.id),
        model.legacyName === undefined ? "" : code(model.legacyName),
        model.state,
        list(model.products),
        seconds(model),
        list(model.resolutions),
        list(model.aspectRatios),
        audio(model),
        lastFrame(model)
      ])
    ),
    table(
      ["model", "multi-shot", "elements", "reference video", "reference limits", "motion control", "negative prompt"],
      videoModels.map((model) => [
        code(model.id),
        model.multiShot === "prompt" ? "in the prompt" : yes(model.multiShot),
        String(model.maxElements),
        yes(model.referenceVideo),
        references(model),
        motion(model),
        model.negativePrompt ? "legacy API only" : ""
      ])
    ),
    "## Images",
    table(
      ["model", "state", "operations", "resolution", "images per request", "series", "aspect ratio"],
      imageModels.map((model) => [
        code(model.id),
        model.state,
        model.operations.map(code).join(", "),
        list(model.resolutions),
        `1 to ${model.maxImages}`,
        yes(model.series),
        list(model.aspectRatios)
      ])
    ),
    "## Retired",
    "Kling retired these models on 2026-09-15. Requests for them are refused before anything is sent, with the name of the replacement.",
    table(
      ["medium", "model", "use instead"],
      Object.entries(retiredModels).flatMap(([medium, names]) =>
        Object.entries(names).map(([name, replacement]) => [medium, code(name), code(replacement)])
      )
    )
  )
