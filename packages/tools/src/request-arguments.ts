import type { KlingError } from "@klingkit/core"
import { fillNames, invalidInput, objectOf } from "@klingkit/core/internal"
import {
  type AnyRequest,
  innerType,
  isSameName,
  type NameOf,
  type Readable,
  readRequest
} from "@klingkit/core/requests"
import { Effect } from "effect"
import * as z from "zod"
import { isUnlisted, unlisted } from "./unlisted.ts"

/** Several requests behind one tool, told apart by an argument. */
export interface Choice {
  readonly argument: string
  readonly description: string
  readonly of: Readonly<Record<string, OfferedRequest>>
}

/** A request as a tool offers it; `fixed` are the fields that the tool itself sets. */
export interface OfferedRequest extends AnyRequest {
  readonly fixed?: Arguments
}

type Arguments = Readonly<Record<string, unknown>>

interface View {
  /** Fields that are left to other faces: each description is paid for by every conversation. */
  readonly without?: ReadonlyArray<string>
  /** Fields that are read and not listed. */
  readonly unlisted?: ReadonlyArray<string>
  /** Optional fields that this tool needs. */
  readonly needs?: ReadonlyArray<string>
  readonly refused?: Readonly<Record<string, string>>
  /** Fields that the tool sets itself. */
  readonly fixed?: Arguments
  /** In place of the request's own description. */
  readonly descriptions?: Readonly<Record<string, string>>
}

/** A request as one tool offers it. */
export const viewOf = (request: AnyRequest, view: View): OfferedRequest => {
  const { without = [], unlisted: hidden = [], needs = [], refused = {}, descriptions = {}, fixed = {} } = view
  const shape = Object.entries(request.input.shape).flatMap(([field, schema]) => {
    if (without.includes(field) || field in fixed) return []
    const description = descriptions[field]
    const type = needs.includes(field) && schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
    const shown = redescribed(type as z.ZodType, description)
    return [[field, hidden.includes(field) ? unlisted(shown) : shown] as const]
  })
  return {
    ...request,
    input: z.strictObject(Object.fromEntries(shape)),
    refused: { ...request.refused, ...refused },
    fixed,
    plan: (input, context) => request.plan({ ...input, ...fixed }, context)
  }
}

const isChoice = (offers: OfferedRequest | Choice): offers is Choice => "of" in offers

interface Offer {
  readonly choice: string
  readonly schema: z.ZodType
  readonly description: string
}

/** The arguments that a tool lists, by the names that hosts know. */
export const listedArguments = (offers: OfferedRequest | Choice, nameOf: NameOf): z.ZodRawShape => {
  if (!isChoice(offers)) {
    return Object.fromEntries(
      [...offersOf("", offers, nameOf)].map(([name, one]) => [name, described(one.schema, one.description)])
    )
  }
  const choices = Object.keys(offers.of)
  const byName = new Map<string, Array<Offer>>()
  for (const [choice, request] of Object.entries(offers.of)) {
    for (const [name, offer] of offersOf(choice, request, nameOf))
      byName.set(name, [...(byName.get(name) ?? []), offer])
  }
  return {
    [offers.argument]: described(z.enum(choices), offers.description),
    ...Object.fromEntries([...byName].map(([name, found]) => [name, merged(found, choices)]))
  }
}

function* offersOf(choice: string, request: AnyRequest, nameOf: NameOf): Generator<readonly [string, Offer]> {
  const named = (field: string) => nameOf(request, field)
  for (const [field, schema] of Object.entries(request.input.shape)) {
    if (isUnlisted(schema as z.ZodType)) continue
    const description = fillNames(descriptionOf(schema) ?? "", named)
    yield [named(field), { choice, schema: withNames(schema as z.ZodType, named), description }]
  }
}

/** The fields of the objects in a list have names of this face too. */
const withNames = (schema: z.ZodType, named: (field: string) => string): z.ZodType => {
  const type = innerType(schema)
  const entry = type instanceof z.ZodArray ? innerType(type.element) : undefined
  if (!(entry instanceof z.ZodObject)) return schema
  const shape = Object.entries(entry.shape).map(([field, one]) => [named(field), one as z.ZodType] as const)
  const list = z.array(z.strictObject(Object.fromEntries(shape)))
  return schema instanceof z.ZodOptional ? list.optional() : list
}

/** What is said of a field stands inside of what makes it optional. */
const descriptionOf = (schema: unknown): string | undefined => {
  const type = innerType(schema)
  return type instanceof z.ZodType ? type.description : undefined
}

const redescribed = (schema: z.ZodType, description: string | undefined): z.ZodType => {
  if (description === undefined || description === descriptionOf(schema)) return schema
  return schema instanceof z.ZodOptional
    ? (schema.unwrap() as z.ZodType).describe(description).optional()
    : schema.describe(description)
}

const described = (schema: z.ZodType, description: string | undefined): z.ZodType =>
  description === undefined || description === "" ? schema : schema.describe(description)

/** One argument of several requests: it says which of them take it, unless of all and in the same words. */
const merged = (offers: ReadonlyArray<Offer>, choices: ReadonlyArray<string>): z.ZodType => {
  const [first] = offers
  if (first === undefined) return z.unknown()
  const ofAll = offers.length === choices.length
  const groups = Map.groupBy(offers, ({ description }) => description)
  const isSame = ofAll && groups.size === 1
  const text = isSame
    ? first.description
    : [...groups]
        .map(([words, group]) => `${group.map(({ choice }) => choice).join(", ")}${words === "" ? "" : `: ${words}`}`)
        .join("; ")
  const list = offers.map((offer) => innerType(offer.schema)).find((type) => type instanceof z.ZodArray)
  // How many entries a list takes differs from choice to choice.
  const schema = list === undefined ? first.schema : z.array(list.element as z.ZodType).optional()
  const isRequired = ofAll && offers.every((offer) => !(offer.schema instanceof z.ZodOptional))
  return described(isRequired || schema instanceof z.ZodOptional ? schema : schema.optional(), text)
}

/** The request that a call asks for, and the same with the arguments that the tool adds. */
interface Chosen {
  readonly request: OfferedRequest
  readonly whole: OfferedRequest
}

/** Words among which another spelling of a choice's name is looked for. */
const mostWords = 100

/** Finds the request that a call's arguments ask for. Arguments of another choice are refused by name. */
export const chooser = (
  offers: OfferedRequest | Choice,
  added: Pick<Readable, "input" | "aliases">,
  nameOf: NameOf
): ((args: unknown) => Effect.Effect<Chosen, KlingError>) => {
  const whole = (
    request: OfferedRequest,
    more: z.ZodRawShape = {},
    refused: Readonly<Record<string, string>> = {},
    id: string = request.id
  ) => ({
    request,
    whole: {
      ...request,
      id,
      input: z.strictObject({ ...request.input.shape, ...added.input.shape, ...more }),
      aliases: { ...request.aliases, ...added.aliases },
      refused: { ...refused, ...request.refused }
    }
  })
  if (!isChoice(offers)) {
    const only = whole(offers)
    return () => Effect.succeed(only)
  }
  const { argument, of } = offers
  const shape = { [argument]: z.enum(Object.keys(of)) }
  const chosen = new Map(
    Object.entries(of).map(([choice, request]) => {
      const message = `is not used with ${argument} ${choice}`
      const refused = Object.values(of).flatMap((other) =>
        Object.keys(other.input.shape)
          .filter((field) => !(field in request.input.shape))
          .map((field) => [nameOf(other, field), message] as const)
      )
      return [choice, whole(request, shape, Object.fromEntries(refused), `${argument} ${choice}`)] as const
    })
  )
  const readable = { id: argument, input: z.strictObject(shape), aliases: {}, refused: {} }
  return (args) => {
    const words = objectOf(args) ?? {}
    const word = Object.hasOwn(words, argument)
      ? argument
      : Object.keys(words)
          .slice(0, mostWords)
          .find((one) => isSameName(one, argument))
    const given = word === undefined ? {} : { [argument]: words[word] }
    const { input, problems } = readRequest(readable, given, (_, field) => field)
    const found = chosen.get(String(input?.[argument]))
    return found === undefined ? Effect.fail(invalidInput(problems)) : Effect.succeed(found)
  }
}

/** The arguments that ask for a request with this input, by the names that hosts know; undefined if they cannot. */
export const argumentsFor = (
  offers: OfferedRequest | Choice,
  { id }: AnyRequest,
  input: Arguments,
  nameOf: NameOf
): Arguments | undefined => {
  const offered: ReadonlyArray<readonly [Arguments, OfferedRequest]> = isChoice(offers)
    ? Object.entries(offers.of).map(([choice, request]) => [{ [offers.argument]: choice }, request])
    : [[{}, offers]]
  for (const [choice, request] of offered) {
    const { fixed = {} } = request
    const own = Object.fromEntries(Object.entries(input).filter(([field, value]) => fixed[field] !== value))
    const isWhole = Object.entries(fixed).every(([field, value]) => input[field] === value)
    if (request.id !== id || !isWhole || !request.input.safeParse(own).success) continue
    return {
      ...choice,
      ...Object.fromEntries(Object.entries(own).map(([field, value]) => [nameOf(request, field), value]))
    }
  }
  return undefined
}
