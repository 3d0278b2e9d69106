import { Predicate } from "effect"
import type { Params } from "../params/param.ts"
import type { ValueType } from "../params/value-type.ts"
import { type ImageHeader, readInlineImageHeader } from "./image-header.ts"

/** What Kling accepts but may see in another way than the user: of inline images, by their headers. */
export function* imageNotes(
  params: Params,
  fields: Readonly<Record<string, unknown>>,
  nameOf: (path: string) => string,
  prefix = ""
): Generator<string> {
  for (const [name, value] of Object.entries(fields)) {
    const param = Object.hasOwn(params, name) ? params[name] : undefined
    if (param !== undefined) yield* notesOf(param.type, value, nameOf, prefix + name)
  }
}

function* notesOf(type: ValueType, value: unknown, nameOf: (path: string) => string, path: string): Generator<string> {
  if (type.kind === "media" && type.rule.kind === "image" && Predicate.isString(value) && !/^https?:/i.test(value)) {
    const header = readInlineImageHeader(value)
    if (header !== undefined) for (const note of headerNotes(header)) yield `${nameOf(path)} ${note}`
  } else if (type.kind === "array" && Array.isArray(value)) {
    for (const [index, one] of value.entries()) yield* notesOf(type.of, one, nameOf, `${path}[${index}]`)
  } else if (type.kind === "object" && Predicate.isObject(value) && !Array.isArray(value)) {
    yield* imageNotes(type.fields, { ...value }, nameOf, `${path}.`)
  }
}

/** Kling documents neither. */
function* headerNotes({ width, height, orientation, isCmyk }: ImageHeader): Generator<string> {
  if (orientation !== undefined) {
    const seen =
      orientation >= 5 && width !== height
        ? `it is checked as displayed, ${width}x${height} pixels, and may be seen as ${height}x${width}`
        : "it may be seen turned or mirrored"
    yield `is turned by its EXIF orientation (${orientation}), which Kling may ignore: ${seen}; to be sure, save it upright`
  }
  if (isCmyk === true) {
    yield "is a CMYK JPEG, which Kling may refuse or show in other colours; to be sure, save it as RGB"
  }
}
