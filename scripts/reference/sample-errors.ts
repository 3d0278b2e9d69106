import type { Charged, NextStep } from "@klingkit/core"
import type { Schema } from "effect"
import { Redacted, SchemaAST } from "effect"

interface OwnError {
  readonly code: string
  readonly message: string
  readonly suggestion: string
  readonly next: NextStep
  readonly wasCharged: Charged
  readonly isRetryable: boolean
}

/** An error class whose `reason` is a tagged union. */
interface ErrorClass {
  readonly fields: { readonly reason: { readonly cases: Readonly<Record<string, Schema.Top>> } }
  new (props: never): OwnError
}

/**
 * One error per reason, filled with field names in braces, so that its messages read as patterns; first without its
 * optional list, where it has one.
 */
export const sampleErrors = (errors: ErrorClass, fields: Readonly<Record<string, unknown>>): ReadonlyArray<OwnError> =>
  Object.values(errors.fields.reason.cases)
    .flatMap(({ ast }) => [...withoutList(ast), sample(ast, "")])
    .map((reason) => new errors({ ...fields, reason } as never))

const withoutList = (ast: SchemaAST.AST): ReadonlyArray<unknown> => {
  const isOptionalList = ({ type }: SchemaAST.PropertySignature) =>
    type.context?.isOptional === true && SchemaAST.isArrays(type)
  return SchemaAST.isObjects(ast) && ast.propertySignatures.some(isOptionalList)
    ? [
        Object.fromEntries(
          ast.propertySignatures
            .filter((property) => !isOptionalList(property))
            .map(({ name, type }) => [name, sample(type, String(name))])
        )
      ]
    : []
}

/** Of a number that depends on others, which are all 1. */
const exampleOf = ({ annotations }: SchemaAST.AST): unknown =>
  Array.isArray(annotations?.examples) ? annotations.examples[0] : undefined

/** Entries of a list have their required fields only. */
const sample = (ast: SchemaAST.AST, name: string, isEntry = false): unknown => {
  if (SchemaAST.isLiteral(ast)) return ast.literal
  if (SchemaAST.isString(ast)) return `{${name}}`
  // The second take is the first that is another one.
  if (SchemaAST.isNumber(ast)) return name === "nextTake" ? 2 : (exampleOf(ast) ?? 1)
  if (SchemaAST.isBoolean(ast)) return true
  // What is declared with a type of its own is a secret.
  if (SchemaAST.isDeclaration(ast)) return Redacted.make(`{${name}}`)
  if (SchemaAST.isArrays(ast)) return ast.rest.map((type) => sample(type, name, true))
  if (SchemaAST.isUnion(ast)) return ast.types[0] === undefined ? undefined : sample(ast.types[0], name)
  return SchemaAST.isObjects(ast)
    ? Object.fromEntries(
        ast.propertySignatures
          .filter(({ type }) => !isEntry || type.context?.isOptional !== true)
          .map(({ name: key, type }) => [key, sample(type, String(key))])
      )
    : undefined
}
