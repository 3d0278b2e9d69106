import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"

export interface Page {
  readonly from: number
  readonly size: number
}

/** `pageNum` (1 to 1000) and `pageSize` of a legacy list. */
export const page = (query: URLSearchParams, largest: number): Page | Refusal => {
  const number = wholeNumber(query, "pageNum", 1, 1000)
  const size = wholeNumber(query, "pageSize", 30, largest)
  if (isRefusal(number)) return number
  return isRefusal(size) ? size : { from: (number - 1) * size, size }
}

const wholeNumber = (query: URLSearchParams, name: string, usual: number, max: number): number | Refusal => {
  const text = query.get(name)
  if (text === null || text === "") return usual
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= max
    ? value
    : refusal(1201, `${name} must be a whole number from 1 to ${max}`)
}
