import { readdirSync, readFileSync } from "node:fs"
import type { Loose } from "./send-request.ts"

/** One operation in the vendor's shapes: a valid body, the response to the create, and the finished task. */
export interface Fixture {
  readonly request?: Loose
  readonly query?: string
  readonly created?: Loose
  readonly finished?: Loose
}

const folder = new URL("../fixtures/", import.meta.url)

/** All fixtures, by operation id. */
export const fixtures: Readonly<Record<string, Fixture>> = Object.assign(
  {},
  ...readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")))
)
