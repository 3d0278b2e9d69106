import { Base64 } from "effect/encoding"
import { seededRandom } from "../media/seeded-random.ts"

export type Region = "global" | "china"

/** The only credentials that an emulator accepts. They are useless anywhere else. */
export interface Keys {
  readonly apiKey: string
  readonly accessKey: string
  readonly secretKey: string
  /** Signs callbacks (Standard Webhooks). */
  readonly webhookSecret: string
}

const keyPrefix = (region: Region): string => `api-key-emulator-${region}-`

export const makeKeys = (seed: number, region: Region): Keys => {
  const chance = seededRandom(seed ^ 0x5eed)
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(chance() * 16).toString(16)).join("")
  const secretBytes = Uint8Array.from({ length: 32 }, () => Math.floor(chance() * 256))
  return {
    apiKey: `${keyPrefix(region)}${hex(32)}`,
    accessKey: `emulator-access-${hex(16)}`,
    secretKey: `emulator-secret-${hex(32)}`,
    webhookSecret: `whsec_${Base64.encode(secretBytes)}`
  }
}

/** Another key of the same account: the number says which. */
export const rotatedKey = (seed: number, region: Region, number: number): string =>
  makeKeys(seed + 1000 * number, region).apiKey

/** A key of an emulator in the other region. */
export const isKeyOfOtherRegion = (key: string, region: Region): boolean =>
  key.startsWith(keyPrefix(region === "global" ? "china" : "global"))

/** Whether this has the format of a real key, which could spend money and must not be used here. */
export const isRealKey = (key: string): boolean => /^\s*api-key-kling-/i.test(key)
