import { type Comment, type Expression, type Program, Visitor } from "oxc-parser"

/** A piece of prose in a source file. */
export interface Text {
  readonly value: string
  readonly start: number
}

export const commentText = ({ value, start }: Comment): Text => ({ value, start: start + 2 })

const literalText = (node: { readonly type: string }): ReadonlyArray<Text> => {
  if (node.type === "TemplateLiteral") {
    const { quasis } = node as unknown as {
      readonly quasis: ReadonlyArray<{ readonly start: number; readonly value: { readonly raw: string } }>
    }
    return quasis.map(({ start, value }) => ({ value: value.raw, start }))
  }
  const { type, value, start } = node as { type: string; value?: unknown; start?: number }
  return type === "Literal" && typeof value === "string" ? [{ value, start: start ?? 0 }] : []
}

/** The titles of tests and suites: `it("...")`, `it.effect("...")`, `describe.each(...)("...")`. */
export const titles = (program: Program): ReadonlyArray<Text> => {
  const found: Array<Text> = []
  new Visitor({
    CallExpression: ({ callee, arguments: [title] }) => {
      if (title !== undefined && /^(it|test|describe)$/.test(rootName(callee))) found.push(...literalText(title))
    }
  }).visit(program)
  return found
}

const rootName = (node: Expression): string => {
  if (node.type === "MemberExpression") return rootName(node.object)
  if (node.type === "CallExpression") return rootName(node.callee)
  if (node.type === "TaggedTemplateExpression") return rootName(node.tag)
  return node.type === "Identifier" ? node.name : ""
}

const sql = /^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH) |^\w+ (TEXT|INTEGER|BIGINT)\b/

/**
 * String literals with a space in them. What a user might write, such as the prompt of an example, is not ours; SQL and
 * tagged templates are not prose.
 */
export const sentences = (program: Program): ReadonlyArray<Text> => {
  const found: Array<Text> = []
  const skipped = new Set<number>()
  const noteSample = (key: { readonly type: string }, value: { readonly type: string } | null) => {
    if (value === null || !/prompt|example|sample/i.test(nameOf(key))) return
    const { elements } = value as { readonly elements?: ReadonlyArray<{ readonly type: string } | null> }
    for (const part of elements ?? [value]) {
      for (const { start } of part === null ? [] : literalText(part)) skipped.add(start)
    }
  }
  const collect = (node: { readonly type: string }) => {
    found.push(
      ...literalText(node).filter(({ value, start }) => value.includes(" ") && !sql.test(value) && !skipped.has(start))
    )
  }
  new Visitor({
    Property: ({ key, value }) => noteSample(key, value),
    VariableDeclarator: ({ id, init }) => noteSample(id, init),
    TaggedTemplateExpression: ({ quasi }) => {
      for (const { start } of literalText(quasi)) skipped.add(start)
    },
    Literal: collect,
    TemplateLiteral: collect
  }).visit(program)
  return found
}

/** An identifier where a file declares it. */
export interface Name {
  readonly name: string
  readonly start: number
}

const nameOf = (node: { readonly type: string }): string =>
  node.type === "Identifier" || node.type === "PrivateIdentifier" ? ((node as { name?: string }).name ?? "") : ""

/** The names that a file itself gives; a name that it only uses is checked where it is declared. */
export const declaredNames = (program: Program): ReadonlyArray<Name> => {
  const found: Array<Name> = []
  const add = (node: { readonly type: string; readonly start: number } | null | undefined) => {
    if (node !== null && node !== undefined && nameOf(node) !== "")
      found.push({ name: nameOf(node), start: node.start })
  }
  // The patterns of the parser's types differ by position; only these fields matter.
  const bind = (pattern: Pattern | null | undefined): void => {
    if (pattern === null || pattern === undefined) return
    add(pattern)
    bind(pattern.left ?? pattern.argument ?? pattern.parameter)
    for (const element of pattern.elements ?? []) bind(element)
    for (const property of pattern.properties ?? []) {
      if (property.type === "RestElement") bind(property)
      else if (property.shorthand !== true) bind(property.value)
    }
  }
  const key = (node: {
    readonly key: { readonly type: string; readonly start: number }
    readonly computed?: boolean
  }) => {
    if (node.computed !== true) add(node.key)
  }
  const callable = (node: { readonly id?: Pattern | null; readonly params: ReadonlyArray<Pattern> }) => {
    add(node.id)
    node.params.forEach(bind)
  }
  new Visitor({
    VariableDeclarator: ({ id }) => bind(id),
    FunctionDeclaration: (node) => callable(node),
    FunctionExpression: (node) => callable(node),
    ArrowFunctionExpression: (node) => callable(node),
    ClassDeclaration: ({ id }) => add(id),
    ClassExpression: ({ id }) => add(id),
    MethodDefinition: (node) => key(node),
    PropertyDefinition: (node) => key(node),
    TSInterfaceDeclaration: ({ id }) => add(id),
    TSTypeAliasDeclaration: ({ id }) => add(id),
    TSEnumDeclaration: ({ id }) => add(id),
    TSPropertySignature: (node) => key(node),
    TSMethodSignature: (node) => key(node),
    TSTypeParameter: ({ name }) => add(name),
    ObjectExpression: ({ properties }) => {
      for (const property of properties) {
        if (property.type === "Property" && !property.shorthand) key(property)
      }
    },
    ImportSpecifier: ({ imported, local }) => {
      if (nameOf(imported) !== local.name) add(local)
    },
    ImportDefaultSpecifier: ({ local }) => add(local),
    ImportNamespaceSpecifier: ({ local }) => add(local),
    CatchClause: ({ param }) => bind(param)
  }).visit(program)
  return found
}

interface Pattern {
  readonly type: string
  readonly start: number
  readonly left?: Pattern | null
  readonly argument?: Pattern | null
  readonly parameter?: Pattern | null
  readonly elements?: ReadonlyArray<Pattern | null>
  readonly properties?: ReadonlyArray<Pattern>
  readonly shorthand?: boolean
  readonly value?: Pattern | null
}
