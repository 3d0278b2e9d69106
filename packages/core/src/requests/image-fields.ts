import * as z from "zod"

export const imageCount = z.int().min(1).max(9).describe("Default 1").optional()
