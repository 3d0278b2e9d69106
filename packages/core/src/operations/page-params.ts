import { integer } from "../params/param.ts"

/** Paging of a legacy list: pages start at 1, with 30 records by default. */
export const pageParams = (maxPageSize = 500) => ({
  pageNum: integer("pageNum", { min: 1, max: 1000, default: 1 }),
  pageSize: integer("pageSize", { min: 1, max: maxPageSize, default: 30 })
})

/** Maximum number of voices per page. */
export const maxVoicePageSize = 1000
