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
      ? "pictures, a clip"
      : ""
    : [
        `${references.max} pictures and elements, beside a clip ${references.maxWithVideo}`,
        ...(references.maxElementsWithFrames === undefined
          ? []
          : [`${references.maxElementsWithFrames} elements beside a first or last frame`]),
        ...(references.bothFramesAlone === true ? ["nothing beside both frames"] : []),
        ...(references.baseVideoWithoutFrames === true ? ["no frames beside a clip that is edited"] : []),
        ...Object.entries(references.besideVideo ?? {}).map(
          ([use, { audio, multiShot }]) =>
            `beside a ${use} clip: audio ${audio.join(" or ")}, ${multiShot ? "several shots" : "one shot"}`
        ),
        ...(references.secondsWithoutReferences === undefined
          ? []
          : [`without any of them ${references.secondsWithoutReferences.join(" or ")} s`])
      ].join("; ")

const motion = ({ motion }: VideoModel): string =>
  motion === undefined
    ? ""
    : `${list(motion.resolutions)}; audio ${motion.audio.join(" or ")}; elements: ${motion.maxElements}`

/** The capability matrix: what each model can do, and what took the place of those that are gone. */
export const modelsPage = (): string =>
  page(
    "# Models",
    "Any of a model's names works everywhere; dots and hyphens in versions mean the same. A name that is not here is sent as it is, with a warning.",
    "## Video",
    table(
      ["model", "legacy name", "state", "makes", "seconds", "resolution", "aspect ratio", "audio", "last frame"],
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
      [
        "model",
        "several shots",
        "elements",
        "reference clip",
        "references together",
        "motion control",
        "negative prompt"
      ],
      videoModels.map((model) => [
        code(model.id),
        model.multiShot === "prompt" ? "written into the prompt" : yes(model.multiShot),
        String(model.maxElements),
        yes(model.referenceVideo),
        references(model),
        motion(model),
        model.negativePrompt ? "on the legacy path" : ""
      ])
    ),
    "## Images",
    table(
      ["model", "state", "operations", "resolution", "pictures at once", "series", "aspect ratio"],
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
    "## Switched off",
    "Kling switched these off on 2026-09-15. They are refused before anything is sent, with the name of what took their place.",
    table(
      ["medium", "model", "use instead"],
      Object.entries(retiredModels).flatMap(([medium, names]) =>
        Object.entries(names).map(([name, successor]) => [medium, code(name), code(successor)])
      )
    )
  )
