import { free } from "../prices/quote.ts"
import { DeleteAnswer } from "../wire/delete-answer.ts"

/** Reads cost nothing and answer at once. */
export const freeRead = { kind: "read", price: () => free, expectedSeconds: () => 0 } as const

/** Deleting costs nothing. */
export const freeDelete = { kind: "delete", price: () => free, output: DeleteAnswer } as const
