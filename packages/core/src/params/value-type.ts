import type { MediaRule } from "../media/media-rules.ts"
import type { Params } from "./param.ts"

/** What a parameter may hold: plain data, so that checks, JSON Schema, the emulator and the docs all read the same limits. */
export type ValueType =
  | { readonly kind: "text"; readonly maxLength?: number }
  | {
      readonly kind: "choice"
      readonly values: ReadonlyArray<string>
      /** The vendor adds values without notice: unlisted ones pass. */
      readonly open?: boolean
    }
  | {
      readonly kind: "integer" | "number"
      readonly min?: number
      readonly max?: number
      readonly values?: ReadonlyArray<number>
      /** Kling wants this number as a JSON string. */
      readonly sentAs?: "string"
    }
  | { readonly kind: "flag" }
  /** A 64-bit id, always a digit string on our side; `number` means a bare JSON number on the wire. */
  | { readonly kind: "id"; readonly sentAs: "number" | "string" }
  | { readonly kind: "media"; readonly rule: MediaRule }
  | { readonly kind: "record"; readonly fields: Params }
  | { readonly kind: "list"; readonly of: ValueType; readonly min?: number; readonly max?: number }
  /** One of several types, told apart by which accepts the value. */
  | { readonly kind: "either"; readonly types: ReadonlyArray<ValueType> }
