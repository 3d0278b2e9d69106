import type { MediaRule, Param, Params, ValueType } from "@klingkit/core"
import { code, table } from "./markdown.ts"

/** Every parameter with its limits, fields of objects and lists included; nothing for an operation without any. */
export const parameterTable = (params: Params): string => {
  const rows = rowsOf(params, "", "")
  return rows.length === 0
    ? "No parameters."
    : table(["parameter", "Kling's place", "type", "limits", "default", "required", "notes"], rows)
}

function rowsOf(params: Params, ourPrefix: string, klingPrefix: string): ReadonlyArray<ReadonlyArray<string>> {
  return Object.entries(params).flatMap(([name, param]) => {
    const ours = ourPrefix + name
    const kling = klingPrefix + param.at
    const fields = fieldsOf(param.type)
    return [
      [
        code(ours),
        code(kling),
        typeWords(param.type),
        limitWords(param.type),
        param.default === undefined ? "" : code(param.default),
        param.required ? "yes" : "",
        noteWords(param)
      ],
      ...(fields === undefined
        ? []
        : rowsOf(fields.params, ours + fields.step, kling + (fields.inList && !kling.endsWith("]") ? "[]." : ".")))
    ]
  })
}

const fieldsOf = (
  type: ValueType
): { readonly params: Params; readonly step: string; readonly inList: boolean } | undefined =>
  type.kind === "record"
    ? { params: type.fields, step: ".", inList: false }
    : type.kind === "list" && type.of.kind === "record"
      ? { params: type.of.fields, step: "[].", inList: true }
      : undefined

const noteWords = ({ notes, retired }: Param): string =>
  [
    ...(retired === true ? ["**refused**: only models that Kling has switched off took it"] : []),
    ...(notes === undefined ? [] : [notes])
  ].join("; ")

const typeNames = {
  text: "text",
  choice: "choice",
  integer: "whole number",
  number: "number",
  flag: "true or false",
  record: "object"
} as const
const mediaNames = { image: "picture", video: "clip", audio: "sound" } as const

function typeWords(type: ValueType): string {
  switch (type.kind) {
    case "id":
      return type.sentAs === "number" ? "id, digits as text" : "id"
    case "media":
      return mediaNames[type.rule.kind]
    case "list":
      return `list: ${typeWords(type.of)}`
    case "either":
      return type.types.map(typeWords).join(", or ")
    default:
      return typeNames[type.kind]
  }
}

function limitWords(type: ValueType): string {
  switch (type.kind) {
    case "text":
      return type.maxLength === undefined ? "" : `at most ${type.maxLength} characters`
    case "choice":
      return type.values.map(code).join(", ") + (type.open === true ? "; others pass" : "")
    case "integer":
    case "number":
      return type.values === undefined ? rangeWords(type.min, type.max) : type.values.map(code).join(", ")
    case "media":
      return mediaWords(type.rule)
    case "list": {
      const count = rangeWords(type.min, type.max)
      return [count === "" ? "" : `${count} ${type.max === 1 ? "entry" : "entries"}`, limitWords(type.of)]
        .filter((part) => part !== "")
        .join("; each: ")
    }
    case "either":
      return type.types
        .map(limitWords)
        .filter((words) => words !== "")
        .join("; or ")
    default:
      return ""
  }
}

const rangeWords = (min: number | undefined, max: number | undefined, unit = ""): string =>
  min === undefined
    ? max === undefined
      ? ""
      : `at most ${max}${unit}`
    : max === undefined
      ? `at least ${min}${unit}`
      : min === max
        ? `${min}${unit}`
        : `${min} to ${max}${unit}`

/** What Kling takes at a media parameter: formats, bytes, pixels, shape, length, frame rate. */
const mediaWords = (rule: MediaRule): string => {
  const ratio = (value: number) => (value < 1 ? `1:${Number((1 / value).toFixed(3))}` : `${Number(value.toFixed(3))}:1`)
  const pixels = rangeWords(rule.minPixels, rule.maxPixels)
  const seconds = rangeWords(rule.minSeconds, rule.maxSeconds, " s")
  const { secondsGap: gap, minRatio, maxRatio } = rule
  return [
    rule.urlOnly === true ? "by URL only" : "URL or base64",
    rule.formats.join(", "),
    rule.maxMegabytes === undefined ? "" : `at most ${rule.maxMegabytes} MB`,
    pixels === "" ? "" : `each side ${pixels} pixels`,
    rule.maxArea === undefined ? "" : `at most ${rule.maxArea} pixels in all`,
    minRatio === undefined || maxRatio === undefined ? "" : `shape ${ratio(minRatio)} to ${ratio(maxRatio)}`,
    seconds === "" ? "" : `${seconds} long${gap === undefined ? "" : `, not between ${gap.above} and ${gap.below} s`}`,
    rule.fps === undefined
      ? rangeWords(rule.minFps, rule.maxFps, " frames a second")
      : `${rule.fps.join(", ")} frames a second`
  ]
    .filter((part) => part !== "")
    .join("; ")
}
