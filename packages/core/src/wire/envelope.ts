import { Schema } from "effect"

/** The envelope of every response; only `code` 0 is success, even with HTTP status 200. */
export const Envelope = Schema.Struct({
  code: Schema.Int,
  message: Schema.optionalKey(Schema.NullOr(Schema.String)),
  request_id: Schema.optionalKey(Schema.NullOr(Schema.String)),
  data: Schema.optionalKey(Schema.Unknown)
})

export type Envelope = typeof Envelope.Type
