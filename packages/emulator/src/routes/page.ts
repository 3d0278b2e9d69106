import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"

export interface Page {
  readonly from: number
  readonly size: number
}

/** `pageNum` (1 to 1000) and `pageSize` of a legacy list. */
export const page = (query: URLSearchParams, maxSize: number): Page | Refusal => {
  const number = integerParam(query, "pageNum", 1, 1000)
  const size = integerParam(query, "pageSize", 30, maxSize)
  if (isRefusal(number)) return number
  return isRefusal(size) ? size : { from: (number - 1) * size, size }
}

const integerParam = (query: URLSearchParams, name: string, fallback: number, max: number): number | Refusal => {
  const text = query.get(name)
  if (text === null || text === "") return fallback
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= max
    ? value
    : refusal(1201, `${name} must be an integer from 1 to ${max}`)
}
