import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type Comment, parseSync, type Program, Visitor } from "oxc-parser"

/** The declarations of all exported names of a declaration file, in alphabetical order. */
export const publicDeclarations = (file: string): ReadonlyArray<string> => {
  const exported = parse(file).exports.flatMap(({ name, from, as }) =>
    from === undefined ? [{ name: as, text: declarationText(file, name) }] : [reexported(file, from, name, as)]
  )
  return exported.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text)
}

const reexported = (file: string, from: string, name: string, as: string) => {
  // Declared in the report of the other package.
  if (!from.startsWith(".")) return { name: as, text: `export { ${name} } from "${from}"` }
  const source = join(dirname(file), from.replace(/\.(ts|js)$/, ".d.ts"))
  return { name: as, text: `${as === name ? "" : `// ${name} as ${as}\n`}${declarationText(source, name)}` }
}

interface Exported {
  readonly name: string
  readonly as: string
  readonly from?: string | undefined
}

interface Parsed {
  readonly text: string
  readonly comments: ReadonlyArray<Comment>
  readonly exports: ReadonlyArray<Exported>
  /** The statements that declare each name; a name may be both a value and a type. */
  readonly statements: ReadonlyMap<string, ReadonlyArray<Statement>>
}

type Statement = Program["body"][number]

const parse = (file: string): Parsed => {
  const text = readFileSync(file, "utf8")
  const { program, comments, module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const statements = Map.groupBy(
    program.body.flatMap((statement) => namesOf(statement).map((name) => ({ name, statement }))),
    ({ name }) => name
  )
  return {
    text,
    comments,
    exports: module.staticExports
      .flatMap(({ entries }) => entries)
      .flatMap(({ importName, localName, exportName, moduleRequest }) =>
        exportName.name === null
          ? []
          : [
              {
                name: importName.name ?? localName.name ?? exportName.name,
                as: exportName.name,
                from: moduleRequest?.value
              }
            ]
      ),
    statements: new Map([...statements].map(([name, found]) => [name, found.map(({ statement }) => statement)]))
  }
}

const namesOf = (statement: Statement): ReadonlyArray<string> => {
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement
  switch (declaration?.type) {
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []))
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "ClassDeclaration":
    case "TSDeclareFunction":
      return declaration.id === null ? [] : [declaration.id.name]
    default:
      return []
  }
}

/** A declaration, followed by the unexported declarations of its module that it uses: `Kling`, then `Kling_base`. */
const declarationText = (file: string, name: string): string => {
  const parsed = parse(file)
  const exported = new Set(parsed.exports.map((entry) => entry.name))
  const names = [name]
  for (const current of names) {
    for (const statement of parsed.statements.get(current) ?? []) {
      for (const used of identifiersOf(statement)) {
        if (parsed.statements.has(used) && !exported.has(used) && !names.includes(used)) names.push(used)
      }
    }
  }
  const statements = names.flatMap((declared) => parsed.statements.get(declared) ?? [])
  if (statements.length === 0) throw new Error(`${file} does not declare ${name}`)
  return statements.map((statement) => textOf(parsed, statement)).join("\n")
}

const identifiersOf = (statement: Statement): ReadonlySet<string> => {
  const names = new Set<string>()
  const body = [statement]
  new Visitor({ Identifier: (node) => void names.add(node.name) }).visit({
    type: "Program",
    start: statement.start,
    end: statement.end,
    sourceType: "module",
    hashbang: null,
    body
  })
  return names
}

/** Without comments, which may change freely. */
const textOf = ({ text, comments }: Parsed, { start, end }: Statement): string => {
  const inside = comments.filter((comment) => comment.start >= start && comment.end <= end)
  const ends = inside.map((comment) => comment.start)
  const plain = [start, ...inside.map((comment) => comment.end)].map((from, index) =>
    text.slice(from, ends[index] ?? end)
  )
  return plain
    .join("")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n")
    .replace(/^export /, "")
    .replace(/^declare /, "")
}
