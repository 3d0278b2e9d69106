import { Schema } from "effect"
import { maybe, present, readNumber, WireId, WireNumber } from "./fields.ts"
import { type Charge, readStatus, type Task, type TaskOutput } from "./task.ts"

const Output = Schema.Struct({
  type: maybe(Schema.String),
  role: maybe(Schema.String),
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
  wav_duration: maybe(WireNumber),
  // The sources of an element; callbacks call the same list `materials`.
  element_type: maybe(Schema.String),
  references: maybe(Schema.Unknown),
  materials: maybe(Schema.Unknown),
  tags: maybe(Schema.Unknown),
  status: maybe(Schema.String)
})

const Billing = Schema.Struct({
  charge_type: Schema.String,
  cash_type: maybe(Schema.String),
  amount: WireNumber,
  package_type: maybe(Schema.String),
  currency: maybe(Schema.String),
  list_price: maybe(WireNumber)
})

const fields = {
  status: Schema.String,
  message: maybe(Schema.String),
  create_time: maybe(WireNumber),
  update_time: maybe(WireNumber),
  external_id: maybe(Schema.String),
  outputs: maybe(Schema.Array(Output)),
  billing: maybe(Schema.Array(Billing))
}

/** A task of the new generation: `GET /tasks`, create responses, callbacks. Some solutions use `task_id`. */
export const NewTask = Schema.Union([
  Schema.Struct({ id: WireId, ...fields }),
  Schema.Struct({ task_id: WireId, ...fields })
])

export const NewTaskPage = Schema.Struct({
  result: Schema.Array(NewTask),
  count: maybe(Schema.Int),
  next_cursor: maybe(Schema.String),
  has_more: maybe(Schema.Boolean)
})

export const fromNewTask = (raw: typeof NewTask.Type): Task => ({
  id: String("id" in raw ? raw.id : raw.task_id),
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
  const named = present({
    name: raw.name,
    ownedBy: raw.owned_by,
    deleted: raw.status === "deleted" ? true : undefined
  })
  // Solutions identify their outputs by role, such as `product_video`.
  const kind = raw.type ?? raw.role ?? "file"
  switch (/(?:^|_)(video|image)s?$/.exec(kind)?.[1] ?? kind) {
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
      return raw.url ? [{ type: "file", kind, url: raw.url }] : []
  }
}

const readBilling = (raw: typeof Billing.Type): ReadonlyArray<Charge> => {
  const amount = readNumber(raw.amount)
  if (amount === undefined) return []
  return raw.charge_type === "cash"
    ? [{ kind: "cash", amount, ...present({ currency: raw.currency }) }]
    : [{ kind: "unit", amount, ...present({ pack: raw.package_type }) }]
}
