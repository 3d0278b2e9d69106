import { operations, planOperation, planVideo, type Problem } from "@klingkit/core"
import {
  type ChainStep,
  planChain,
  planLipSync,
  planStep,
  sampleOf,
  stepOfPlan,
  type Take,
  taken
} from "@klingkit/jobs"
import { Effect } from "effect"
import { credentialKind } from "../../connection.ts"
import { usageError } from "../../output/failure.ts"
import { planWritten, problemsOf, said } from "../batch/plan-line.ts"
import type { Manifest, WrittenLine } from "../batch/read-manifest.ts"

const kinds = ["image", "video", "speech", "sound"] as const
type Kind = (typeof kinds)[number]

const ownFields = ["id", "kind", "prompt", "from", "alongside"]

/** What a step that works on a clip takes beside its name and its source. */
const clipFields = {
  "next shot": ["prompt", "resolution", "duration", "model"],
  speech: ["text", "voice"],
  sound: ["prompt", "music"]
} as const

interface Earlier {
  readonly kind: Kind
  readonly durationSeconds: number | undefined
}

/** The whole that a file of steps asks for; nothing is sent. A wrong step is told by its name. */
export const planSteps = Effect.fnUntraced(function* ({ name, lines }: Manifest) {
  const earlier = new Map<string, Earlier>()
  const steps: Array<ChainStep> = []
  for (const [index, written] of lines.entries()) {
    const id = said(written["id"], `step-${index + 1}`)
    const kind = kinds.find((one) => one === (written["kind"] ?? "video"))
    const inStep = (problems: ReadonlyArray<Problem>) =>
      usageError(problems.map(({ field, message }) => ({ field: `step ${id}: ${field}`, message })))
    if (kind === undefined) return yield* inStep([{ field: "kind", message: `must be ${kinds.join(", ")}` }])
    const planned = yield* Effect.mapError(stepsOf(id, kind, written, earlier), inStep)
    const alongside = String(written["alongside"]) === "true"
    steps.push(...planned.map((step) => (alongside ? { ...step, alongside } : step)))
    const before = earlier.get(String(written["from"]))
    earlier.set(id, { kind, durationSeconds: kind === "video" ? secondsOf(planned) : before?.durationSeconds })
  }
  return yield* planChain(name, steps)
})

/** A clip of its own is 5 s long unless it is said otherwise; what is made from a clip is as long as that. */
const secondsOf = ([step]: ReadonlyArray<ChainStep>): number =>
  Number(said(step?.plan.input["durationSeconds"] ?? step?.plan.input["duration"], "5"))

const refuse = (field: string, message: string) => Effect.fail<ReadonlyArray<Problem>>([{ field, message }])

const stepsOf = Effect.fnUntraced(function* (
  id: string,
  kind: Kind,
  written: WrittenLine,
  earlier: ReadonlyMap<string, Earlier>
): Effect.fn.Return<ReadonlyArray<ChainStep>, ReadonlyArray<Problem>, PlanNeeds> {
  const { from, text, voice, prompt, music } = written
  const source = earlier.get(said(from, ""))
  if (from !== undefined && source === undefined) return yield* refuse("from", "names no step before this one")
  const take = { from: String(from) }
  if (kind === "image") {
    if (source !== undefined) return yield* refuse("from", "has no meaning for an image")
    return [{ id, plan: yield* planWritten("image", written, ownFields) }]
  }
  if (kind === "video") {
    if (source === undefined) return [{ id, plan: yield* planWritten("video", written, ownFields) }]
    return [yield* source.kind === "image" ? fromPicture(id, written, take) : nextShot(id, written, take)]
  }
  if (source === undefined || source.kind === "image") return yield* refuse("from", "must name a clip before this step")
  yield* refuseOthers(kind, written)
  if (kind === "sound") {
    const input = { videoUrl: taken({ take: "clip", ...take }), soundEffectPrompt: prompt, musicPrompt: music }
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
    return [yield* Effect.mapError(planStep(id, operations["legacy.video-to-audio"], given), problemsOf)]
  }
  const spoken = said(text, "")
  if (spoken.trim() === "") return yield* refuse("text", "is required: what is to be spoken")
  const speech = yield* planOperation(operations["legacy.tts"], {
    text: spoken,
    voiceId: said(voice, "oversea_male1"),
    voiceLanguage: /\p{Script=Han}/u.test(spoken) ? "zh" : "en"
  }).pipe(Effect.mapError(problemsOf))
  const wish = { id, clip: { madeBy: take.from }, clipSeconds: source.durationSeconds, speech }
  return yield* Effect.mapError(planLipSync(wish), problemsOf)
})

type PlanNeeds = Effect.Services<ReturnType<typeof planWritten>>

/** A field that the step would leave out is refused; `null` was not given. */
const refuseOthers = (what: keyof typeof clipFields, written: WrittenLine) => {
  const taken: ReadonlyArray<string> = ["id", "kind", "from", "alongside", ...clipFields[what]]
  const odd = Object.keys(written).find((name) => written[name] !== null && !taken.includes(name))
  return odd === undefined
    ? Effect.void
    : refuse(odd, `is no field of a ${what} from a clip: ${clipFields[what].join(", ")}`)
}

/** The picture is the clip's first frame. */
const fromPicture = Effect.fnUntraced(function* (
  id: string,
  written: WrittenLine,
  { from }: { readonly from: string }
) {
  const take: Take = { take: "picture", from }
  const plan = yield* planWritten("video", { ...written, image: sampleOf(take) }, ownFields)
  return stepOfPlan(id, plan, [take])
})

/** A new clip that takes up look, subjects and motion of the one before; its settings are those of any other clip. */
const nextShot = Effect.fnUntraced(function* (id: string, written: WrittenLine, { from }: { readonly from: string }) {
  const take: Take = { take: "clip", from }
  yield* refuseOthers("next shot", written)
  const { prompt, resolution, duration } = written
  const plan = yield* planVideo(
    {
      prompt: `The shot that follows @video_1: ${said(prompt, "")}`,
      referenceVideo: String(sampleOf(take)),
      model: said(written["model"], "kling-3.0-omni"),
      ...(resolution === undefined ? {} : { resolution: said(resolution, "") }),
      ...(duration === undefined ? {} : { durationSeconds: Number(said(duration, "").replace(/s$/, "")) })
    },
    yield* credentialKind
  ).pipe(Effect.mapError(problemsOf))
  return stepOfPlan(id, plan, [take])
})
