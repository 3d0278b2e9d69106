import * as z from "zod"

/** A replayed call must not pay twice, so the same request within two minutes is the same task; this says it is meant. */
export const allowRepeat = z.boolean().optional().describe("Same request again on purpose")
