import { Schema } from "effect"
import { maybe, present, readNumber, WireId, WireNumber } from "./fields.ts"
import { type Charge, readStatus, type Task, type TaskOutput } from "./task.ts"

const Output = Schema.Struct({
  type: Schema.String,
  id: maybe(WireId),
  name: maybe(Schema.String),
  description: maybe(Schema.String),
  owned_by: maybe(Schema.String),
  url: maybe(Schema.String),
  watermark_url: maybe(Schema.String),
  group_id: maybe(WireId),
  duration: maybe(WireNumber),
  mp3_url: maybe(Schema.String),
  wav_url: maybe(Schema.String),
  mp3_duration: maybe(WireNumber),
  wav_duration: maybe(WireNumber)
})

const Billing = Schema.Struct({
  charge_type: Schema.String,
  amount: WireNumber,
  package_type: maybe(Schema.String),
  currency: maybe(Schema.String)
})

/** A task as the new generation writes it: `GET /tasks`, create answers, callbacks. */
export const NewTask = Schema.Struct({
  id: WireId,
  status: Schema.String,
  message: maybe(Schema.String),
  create_time: maybe(WireNumber),
  update_time: maybe(WireNumber),
  external_id: maybe(Schema.String),
  outputs: maybe(Schema.Array(Output)),
  billing: maybe(Schema.Array(Billing))
})

export const NewTaskPage = Schema.Struct({
  result: Schema.Array(NewTask),
  count: maybe(Schema.Int),
  next_cursor: maybe(Schema.String),
  has_more: maybe(Schema.Boolean)
})

export const fromNewTask = (raw: typeof NewTask.Type): Task => ({
  id: String(raw.id),
  ...readStatus(raw.status),
  outputs: (raw.outputs ?? []).flatMap(readOutput),
  charges: (raw.billing ?? []).flatMap(readBilling),
  ...present({
    externalId: raw.external_id === "" ? undefined : raw.external_id,
    message: raw.message === "" ? undefined : raw.message,
    createdAt: readNumber(raw.create_time),
    updatedAt: readNumber(raw.update_time)
  })
})

const readOutput = (raw: typeof Output.Type): ReadonlyArray<TaskOutput> => {
  const id = raw.id === undefined || raw.id === null ? undefined : String(raw.id)
  const named = present({ name: raw.name, ownedBy: raw.owned_by })
  switch (raw.type) {
    case "video":
      return raw.url
        ? [
            {
              type: "video",
              url: raw.url,
              ...present({ id, watermarkUrl: raw.watermark_url, durationSeconds: readNumber(raw.duration) })
            }
          ]
        : []
    case "image":
      return raw.url
        ? [
            {
              type: "image",
              url: raw.url,
              ...present({
                watermarkUrl: raw.watermark_url,
                groupId: raw.group_id === undefined || raw.group_id === null ? undefined : String(raw.group_id)
              })
            }
          ]
        : []
    case "audio": {
      const url = raw.mp3_url ?? raw.url ?? raw.wav_url
      const durationSeconds = readNumber(raw.mp3_duration ?? raw.duration ?? raw.wav_duration)
      return url ? [{ type: "audio", url, ...present({ id, wavUrl: raw.wav_url, durationSeconds }) }] : []
    }
    case "voice":
      return id === undefined ? [] : [{ type: "voice", id, ...named, ...present({ url: raw.url }) }]
    case "element":
      return id === undefined ? [] : [{ type: "element", id, ...named, ...present({ description: raw.description }) }]
    default:
      return []
  }
}

const readBilling = (raw: typeof Billing.Type): ReadonlyArray<Charge> => {
  const amount = readNumber(raw.amount)
  if (amount === undefined) return []
  return raw.charge_type === "cash"
    ? [{ kind: "cash", amount, ...present({ currency: raw.currency }) }]
    : [{ kind: "unit", amount, ...present({ pack: raw.package_type }) }]
}
