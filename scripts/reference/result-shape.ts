import { type AnyOperation, catalog } from "@klingkit/core"
import { SchemaAST } from "effect"
import { code } from "./markdown.ts"

/** Kling's records that many operations return, identified by fields that only they have. */
const records: ReadonlyArray<{ readonly name: string; readonly keys: ReadonlyArray<string> }> = [
  { name: "LegacyTask", keys: ["task_id", "task_status", "created_at", "task_result"] },
  { name: "NewTask", keys: ["status", "outputs", "billing"] },
  { name: "Element", keys: ["element_id", "element_name", "reference_type"] }
]

/** What an operation returns, in one line. */
export const formatResult = (operation: AnyOperation): string =>
  operation.output === undefined
    ? operation.kind === "create"
      ? "a task: `Task`, read later by its handle"
      : "no data"
    : code(shapeOf(operation.output.ast))

/** The shapes of the records, one field per line. */
export const recordShapes = (): ReadonlyArray<{ readonly name: string; readonly shape: string }> => {
  const found = catalog.flatMap(({ output }) => (output === undefined ? [] : objectsIn(output.ast)))
  return records.flatMap(({ name }) => {
    const record = found.find((candidate) => nameOf(candidate) === name)
    return record === undefined ? [] : [{ name, shape: unfold(`{ ${fieldsOf(record).join("; ")} }`, "") }]
  })
}

const lineWidth = 100

/** Breaks a shape that is too long for one line into one field per line, recursively. */
const unfold = (shape: string, indent: string): string => {
  const start = shape.indexOf("{ ")
  const end = shape.lastIndexOf(" }")
  if (indent.length + shape.length <= lineWidth || start === -1) return shape
  const fields = splitFields(shape.slice(start + 2, end)).map((field) => `${indent}  ${unfold(field, `${indent}  `)}`)
  return `${shape.slice(0, start)}{\n${fields.join("\n")}\n${indent}${shape.slice(end + 1)}`
}

const splitFields = (text: string): ReadonlyArray<string> => {
  const fields: Array<string> = []
  let depth = 0
  let from = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "{") depth++
    if (text[index] === "}") depth--
    if (depth === 0 && text[index] === ";") {
      fields.push(text.slice(from, index))
      from = index + 2
    }
  }
  return [...fields, text.slice(from)]
}

/** A schema as a TypeScript type. A field that Kling may omit or send as null has a question mark. */
const shapeOf = (ast: SchemaAST.AST): string => {
  if (SchemaAST.isObjects(ast)) {
    const fields = fieldsOf(ast)
    return nameOf(ast) ?? (fields.length === 0 ? "object" : `{ ${fields.join("; ")} }`)
  }
  if (SchemaAST.isArrays(ast)) {
    const shapes = ast.rest[0] === undefined ? ["unknown"] : shapesOf(ast.rest[0])
    return shapes.length === 1 ? `${shapes[0]}[]` : `(${shapes.join(" | ")})[]`
  }
  if (SchemaAST.isUnion(ast)) return shapesOf(ast).join(" | ")
  return primitiveOf(ast)
}

const nameOf = (ast: SchemaAST.Objects): string | undefined =>
  records.find(({ keys }) => keys.every((key) => ast.propertySignatures.some(({ name }) => name === key)))?.name

const fieldsOf = (ast: SchemaAST.Objects): ReadonlyArray<string> =>
  ast.propertySignatures.map(({ name, type }) => {
    const isOptional = SchemaAST.isOptional(type) || membersOf(type).some(isAbsent)
    return `${String(name)}${isOptional ? "?" : ""}: ${shapesOf(type).join(" | ")}`
  })

const shapesOf = (ast: SchemaAST.AST): ReadonlyArray<string> => [
  ...new Set(
    membersOf(ast)
      .filter((member) => !isAbsent(member))
      .map(shapeOf)
  )
]

const membersOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(ast) ? ast.types.flatMap(membersOf) : [ast]

const isAbsent = (ast: SchemaAST.AST): boolean => SchemaAST.isNull(ast) || SchemaAST.isUndefined(ast)

function objectsIn(ast: SchemaAST.AST): ReadonlyArray<SchemaAST.Objects> {
  if (SchemaAST.isObjects(ast)) return [ast, ...ast.propertySignatures.flatMap(({ type }) => objectsIn(type))]
  if (SchemaAST.isArrays(ast)) return ast.rest.flatMap(objectsIn)
  return SchemaAST.isUnion(ast) ? ast.types.flatMap(objectsIn) : []
}

const primitiveOf = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "String":
      return "string"
    case "Number":
      return "number"
    case "Boolean":
      return "boolean"
    case "Literal":
      return JSON.stringify(ast.literal)
    default:
      return "unknown"
  }
}
