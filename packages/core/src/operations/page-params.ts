import { integer } from "../params/param.ts"

/** The pages of a legacy list: numbered from 1, 30 records each unless asked otherwise. */
export const pageParams = (largestPage = 500) => ({
  pageNum: integer("pageNum", { min: 1, max: 1000, default: 1 }),
  pageSize: integer("pageSize", { min: 1, max: largestPage, default: 30 })
})

/** Records that one page of a list of voices may hold. */
export const largestPageOfVoices = 1000
