import type { MediaRule } from "../media/media-rules.ts"
import type { Params } from "./param.ts"

/** What a parameter may hold: plain data, so that validation, JSON Schema, the emulator and the docs share the same limits. */
export type ValueType =
  | {
      readonly kind: "string"
      readonly maxLength?: number
      /** An http(s) URL. */
      readonly isUrl?: boolean
      /** The id of a voice, which is not that of the task that made it. */
      readonly resultOf?: "voice"
    }
  | {
      readonly kind: "enum"
      readonly values: ReadonlyArray<string>
      /** Kling adds values without notice: unknown ones are accepted. */
      readonly allowUnknown?: boolean
    }
  | {
      readonly kind: "integer" | "number"
      readonly min?: number
      readonly max?: number
      readonly values?: ReadonlyArray<number>
      /** Kling expects this number as a JSON string. */
      readonly encodedAs?: "string"
    }
  | { readonly kind: "boolean" }
  /** A 64-bit id, always a string of digits in TypeScript; `number` is a JSON number on the wire. */
  | {
      readonly kind: "id"
      readonly encodedAs: "number" | "string"
      /** The id of an earlier result, which is not that of the task that made it. */
      readonly resultOf?: "video" | "audio" | "element" | "voice"
    }
  | { readonly kind: "media"; readonly rule: MediaRule }
  | { readonly kind: "object"; readonly fields: Params }
  | { readonly kind: "array"; readonly of: ValueType; readonly min?: number; readonly max?: number }
  /** One of several types; the first that accepts the value applies. */
  | { readonly kind: "union"; readonly types: ReadonlyArray<ValueType> }
