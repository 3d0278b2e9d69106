import { Schema } from "effect"

/** The frame of every answer; `code` 0 is success, and decides even when HTTP says 200. */
export const Envelope = Schema.Struct({
  code: Schema.Int,
  message: Schema.optionalKey(Schema.NullOr(Schema.String)),
  request_id: Schema.optionalKey(Schema.NullOr(Schema.String)),
  data: Schema.optionalKey(Schema.Unknown)
})

export type Envelope = typeof Envelope.Type
