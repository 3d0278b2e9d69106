import { Schema } from "effect"
import { lenient, maybe, present, TaskId, WireId, WireNumber } from "./fields.ts"
import { ForeignFields, maxMessageLength, readBill, readText } from "./foreign-fields.ts"
import { type Charge, readStatus, type Task, type TaskOutput } from "./task.ts"

const Output = Schema.Struct({
  type: maybe(Schema.String),
  role: maybe(Schema.String),
  id: maybe(WireId),
  name: lenient(Schema.String),
  description: lenient(Schema.String),
  owned_by: lenient(Schema.String),
  url: maybe(Schema.String),
  watermark_url: lenient(Schema.String),
  group_id: lenient(WireId),
  duration: lenient(WireNumber),
  mp3_url: maybe(Schema.String),
  wav_url: maybe(Schema.String),
  mp3_duration: lenient(WireNumber),
  wav_duration: lenient(WireNumber),
  // The sources of an element; callbacks call the same list `materials`.
  element_type: lenient(Schema.String),
  references: maybe(Schema.Unknown),
  materials: maybe(Schema.Unknown),
  tags: maybe(Schema.Unknown),
  status: lenient(Schema.String)
})

const Billing = Schema.Struct({
  charge_type: Schema.String,
  cash_type: lenient(Schema.String),
  amount: WireNumber,
  package_type: lenient(Schema.String),
  currency: lenient(Schema.String),
  list_price: lenient(WireNumber)
})

const fields = {
  status: Schema.String,
  message: lenient(Schema.String),
  create_time: lenient(WireNumber),
  update_time: lenient(WireNumber),
  external_id: maybe(WireId),
  outputs: maybe(Schema.Array(Output)),
  // One line that cannot be read makes the bill unknown as a whole: what limits count must not become less by it.
  billing: lenient(Schema.Array(Billing))
}

/** A task of the new generation: `GET /tasks`, create responses, callbacks. Some solutions use `task_id`. */
export const NewTask = Schema.Union([
  Schema.Struct({ id: TaskId, ...fields }),
  Schema.Struct({ task_id: TaskId, ...fields })
])

export const NewTaskPage = Schema.Struct({
  result: Schema.Array(NewTask),
  count: lenient(Schema.Int),
  next_cursor: maybe(Schema.String),
  has_more: maybe(Schema.Boolean)
})

export const fromNewTask = (raw: typeof NewTask.Type): Task => {
  const fields = new ForeignFields()
  const outputs = (raw.outputs ?? []).flatMap((output) => readOutput(output, fields))
  const charges = readBill((raw.billing ?? []).map((line) => readBilling(line, fields)))
  const [createdAt, updatedAt] = [
    fields.time("create_time", raw.create_time),
    fields.time("update_time", raw.update_time)
  ]
  return {
    id: String("id" in raw ? raw.id : raw.task_id),
    ...readStatus(raw.status),
    outputs,
    charges,
    ...present({
      externalId: readText(raw.external_id, 200),
      message: readText(raw.message, maxMessageLength),
      createdAt,
      updatedAt,
      ignored: fields.ignored
    })
  }
}

const readOutput = (raw: typeof Output.Type, fields: ForeignFields): ReadonlyArray<TaskOutput> => {
  const id = fields.id("outputs[].id", raw.id)
  const link = fields.link("outputs[].url", raw.url)
  const named = present({
    name: readText(raw.name, 200),
    ownedBy: readText(raw.owned_by, 80),
    deleted: raw.status === "deleted" ? true : undefined
  })
  const watermarkUrl = fields.link("outputs[].watermark_url", raw.watermark_url)
  // Solutions identify their outputs by role, such as `product_video`.
  const kind = raw.type ?? raw.role ?? "file"
  switch (/(?:^|_)(video|image)s?$/.exec(kind)?.[1] ?? kind) {
    case "video": {
      const durationSeconds = fields.seconds("outputs[].duration", raw.duration)
      return link === undefined ? [] : [{ type: "video", url: link, ...present({ id, watermarkUrl, durationSeconds }) }]
    }
    case "image": {
      const groupId = fields.id("outputs[].group_id", raw.group_id)
      return link === undefined ? [] : [{ type: "image", url: link, ...present({ watermarkUrl, groupId }) }]
    }
    case "audio": {
      const wavUrl = fields.link("outputs[].wav_url", raw.wav_url)
      const url = fields.link("outputs[].mp3_url", raw.mp3_url) ?? link ?? wavUrl
      const given = raw.mp3_duration ?? raw.duration ?? raw.wav_duration
      const durationSeconds = fields.seconds("outputs[].mp3_duration", given)
      return url === undefined ? [] : [{ type: "audio", url, ...present({ id, wavUrl, durationSeconds }) }]
    }
    case "voice":
      return id === undefined ? [] : [{ type: "voice", id, ...named, ...present({ url: link }) }]
    case "element": {
      const description = readText(raw.description, maxMessageLength)
      return id === undefined ? [] : [{ type: "element", id, ...named, ...present({ description }) }]
    }
    default:
      return link === undefined ? [] : [{ type: "file", kind: readText(kind, 60) ?? "file", url: link }]
  }
}

const readBilling = (raw: typeof Billing.Type, fields: ForeignFields): Charge | undefined => {
  const amount = fields.amount("billing[].amount", raw.amount)
  if (amount === undefined) return undefined
  return raw.charge_type === "cash"
    ? { kind: "cash", amount, ...present({ currency: readText(raw.currency, 20) }) }
    : { kind: "unit", amount, ...present({ pack: readText(raw.package_type, 80) }) }
}
