import type * as z from "zod"
import { requests } from "./catalog.ts"
import type { Fields } from "./plan-context.ts"
import type { AnyRequest, RequestResult } from "./request.ts"
import type { NameOf } from "./read-request.ts"

type Declared = (typeof requests)[number]
type Noun<Method> = Method extends `${infer Name}.${string}` ? Name : never
type Verb<Method, Name extends string> = Method extends `${Name}.${infer Rest}` ? Rest : never

/** What a method returns, by what its request makes. */
type Outcomes = Readonly<Record<RequestResult, unknown>>

/**
 * A method for each request, under its noun: `video.create`, `audio.speech`. A request that has a model takes it first, or
 * leaves it to the default.
 */
export type RequestMethods<Outcome extends Outcomes, Options> = {
  readonly [Name in Noun<Declared["method"]>]: {
    readonly [One in Declared as Verb<One["method"], Name>]: RequestMethod<
      z.input<One["input"]>,
      Outcome[One["result"]],
      Options
    >
  }
}

type RequestMethod<Input, Outcome, Options> = Input extends { readonly model?: infer Model }
  ? MethodWithModel<Omit<Input, "model">, Exclude<Model, undefined>, Outcome, Options>
  : {} extends Input
    ? (input?: Input, options?: Options) => Promise<Outcome>
    : (input: Input, options?: Options) => Promise<Outcome>

interface MethodWithModel<Input, Model, Outcome, Options> {
  (model: Model, input: Input, options?: Options): Promise<Outcome>
  (input: Input, options?: Options): Promise<Outcome>
}

/** Derives the methods of a program's client: `run` does what a request asks for. */
export const requestMethods = <Outcome extends Outcomes, Options>(
  run: (request: AnyRequest, given: Fields, options: Options | undefined) => Promise<unknown>
): RequestMethods<Outcome, Options> => {
  const nouns: Record<string, Record<string, unknown>> = {}
  for (const request of requests) {
    const [noun = "", verb = ""] = request.method.split(".")
    nouns[noun] = { ...nouns[noun], [verb]: methodOf(request, run) }
  }
  return nouns as RequestMethods<Outcome, Options>
}

const methodOf =
  <Options>(request: AnyRequest, run: (request: AnyRequest, given: Fields, options: Options | undefined) => unknown) =>
  (...args: ReadonlyArray<unknown>): unknown => {
    const [model, input, options] = typeof args[0] === "string" ? args : [undefined, ...args]
    const given = model === undefined ? input : { ...(input as object), model }
    return run(request, given as Fields, options as Options | undefined)
  }

/** A program's name of a field: its own. */
export const fieldName: NameOf = (_, field) => field
