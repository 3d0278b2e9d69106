import type { MediaRule, Param, Params, ValueType } from "@klingkit/core"
import { code, table } from "./markdown.ts"

/** All parameters with their limits, including nested fields. */
export const parameterTable = (params: Params): string => {
  const rows = rowsOf(params, "", "")
  return rows.length === 0
    ? "No parameters."
    : table(["parameter", "wire field", "type", "limits", "default", "required", "notes"], rows)
}

function rowsOf(params: Params, ourPrefix: string, klingPrefix: string): ReadonlyArray<ReadonlyArray<string>> {
  return Object.entries(params).flatMap(([name, param]) => {
    const ours = ourPrefix + name
    const kling = klingPrefix + param.path
    const fields = fieldsOf(param.type)
    return [
      [
        code(ours),
        code(kling),
        formatType(param.type),
        formatLimits(param.type),
        param.default === undefined ? "" : code(param.default),
        param.required ? "yes" : "",
        formatNotes(param)
      ],
      ...(fields === undefined
        ? []
        : rowsOf(fields.params, ours + fields.step, kling + (fields.inArray && !kling.endsWith("]") ? "[]." : ".")))
    ]
  })
}

const fieldsOf = (
  type: ValueType
): { readonly params: Params; readonly step: string; readonly inArray: boolean } | undefined =>
  type.kind === "object"
    ? { params: type.fields, step: ".", inArray: false }
    : type.kind === "array" && type.of.kind === "object"
      ? { params: type.of.fields, step: "[].", inArray: true }
      : undefined

const formatNotes = ({ notes, retired }: Param): string =>
  [
    ...(retired === true ? ["**refused**: only retired models supported it"] : []),
    ...(notes === undefined ? [] : [notes])
  ].join("; ")

const typeNames = {
  string: "string",
  enum: "enum",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  object: "object"
} as const
const mediaNames = { image: "image", video: "video", audio: "audio" } as const

function formatType(type: ValueType): string {
  switch (type.kind) {
    case "id":
      return type.encodedAs === "number" ? "id (string of digits)" : "id"
    case "media":
      return mediaNames[type.rule.kind]
    case "array":
      return `array: ${formatType(type.of)}`
    case "union":
      return type.types.map(formatType).join(", or ")
    default:
      return typeNames[type.kind]
  }
}

function formatLimits(type: ValueType): string {
  switch (type.kind) {
    case "string":
      return type.maxLength === undefined ? "" : `at most ${type.maxLength} characters`
    case "enum":
      return type.values.map(code).join(", ") + (type.allowUnknown === true ? "; unknown values allowed" : "")
    case "integer":
    case "number":
      return type.values === undefined ? formatRange(type.min, type.max) : type.values.map(code).join(", ")
    case "media":
      return formatMediaRule(type.rule)
    case "array": {
      const count = formatRange(type.min, type.max)
      return [count === "" ? "" : `${count} ${type.max === 1 ? "entry" : "entries"}`, formatLimits(type.of)]
        .filter((part) => part !== "")
        .join("; each: ")
    }
    case "union":
      return type.types
        .map(formatLimits)
        .filter((limits) => limits !== "")
        .join("; or ")
    default:
      return ""
  }
}

const formatRange = (min: number | undefined, max: number | undefined, unit = ""): string =>
  min === undefined
    ? max === undefined
      ? ""
      : `at most ${max}${unit}`
    : max === undefined
      ? `at least ${min}${unit}`
      : min === max
        ? `${min}${unit}`
        : `${min} to ${max}${unit}`

/** The limits of a media parameter: formats, size, pixels, aspect ratio, duration, frame rate. */
const formatMediaRule = (rule: MediaRule): string => {
  const ratio = (value: number) => (value < 1 ? `1:${Number((1 / value).toFixed(3))}` : `${Number(value.toFixed(3))}:1`)
  const pixels = formatRange(rule.minPixels, rule.maxPixels)
  const seconds = formatRange(rule.minSeconds, rule.maxSeconds, " s")
  const { secondsGap: gap, minRatio, maxRatio } = rule
  return [
    rule.urlOnly === true ? "by URL only" : "URL or base64",
    rule.formats.join(", "),
    rule.maxMegabytes === undefined ? "" : `at most ${rule.maxMegabytes} MB`,
    pixels === "" ? "" : `each side ${pixels} pixels`,
    rule.maxArea === undefined ? "" : `at most ${rule.maxArea} pixels in total`,
    minRatio === undefined || maxRatio === undefined ? "" : `aspect ratio ${ratio(minRatio)} to ${ratio(maxRatio)}`,
    seconds === "" ? "" : `${seconds} long${gap === undefined ? "" : `, not between ${gap.above} and ${gap.below} s`}`,
    rule.fps === undefined ? formatRange(rule.minFps, rule.maxFps, " fps") : `${rule.fps.join(", ")} fps`
  ]
    .filter((part) => part !== "")
    .join("; ")
}
