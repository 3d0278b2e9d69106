import type { Problem } from "@klingkit/core"
import { closestMatch } from "@klingkit/core/internal"
import type { CliError, HelpDoc } from "effect/cli"
import { exitCode } from "./exit-code.ts"
import { type Failure, problemLine } from "./failure.ts"

interface InvalidInvocation {
  readonly commandPath: ReadonlyArray<string>
  readonly errors: ReadonlyArray<CliError.NonShowHelpErrors>
  readonly helpDoc: HelpDoc.HelpDoc
}

/** The problems of a command line, with the closest valid word where there is one. */
export const usageFailure = ({ commandPath, errors, helpDoc }: InvalidInvocation): Failure => {
  const command = commandPath.join(" ")
  const problems: ReadonlyArray<UsageProblem> =
    errors.length === 0
      ? [{ field: command, message: `needs one of: ${subcommandsOf(helpDoc).join(", ")}` }]
      : errors.map((error) => problemOf(error, helpDoc))
  const lines = problems.map((problem) => (problem.isSentence === true ? problem.message : problemLine(problem)))
  return {
    code: "CLI_USAGE",
    message: lines.join("; "),
    suggestion: `see ${command} --help; nothing was sent`,
    charged: "no",
    exitCode: exitCode.usage,
    problems: problems.map(({ isSentence: _isSentence, ...problem }) => problem),
    lines
  }
}

/** `isSentence`: the message names the field itself. */
type UsageProblem = Problem & { readonly isSentence?: boolean }

const problemOf = (error: CliError.NonShowHelpErrors, helpDoc: HelpDoc.HelpDoc): UsageProblem => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return {
        field: error.option,
        message: `unknown flag ${error.option}${didYouMean(error.option, flagsOf(helpDoc))}`,
        isSentence: true
      }
    case "UnknownSubcommand":
      return {
        field: error.subcommand,
        message: `unknown command ${error.subcommand}${didYouMean(error.subcommand, subcommandsOf(helpDoc))}`,
        isSentence: true
      }
    case "MissingArgument":
      return { field: `<${error.argument}>`, message: "is required" }
    case "MissingOption":
      return { field: `--${error.option}`, message: "is required" }
    case "UnexpectedArgument": {
      const field = error.arguments.map((argument) => JSON.stringify(argument)).join(" ")
      return { field, message: `unexpected argument ${field} (quote prompts with spaces)`, isSentence: true }
    }
    case "InvalidValue": {
      const field = error.kind === "flag" ? `--${error.option}` : `<${error.option}>`
      const expected = lowerFirst(error.expected)
      const value = JSON.stringify(error.value)
      if (error.value === "") return { field, message: `needs a value: ${expected}` }
      return {
        field,
        message: expected.startsWith("must be") ? `${expected}, not ${value}` : `cannot be ${value}: ${expected}`
      }
    }
    default:
      return { field: "", message: error.message }
  }
}

const flagsOf = (helpDoc: HelpDoc.HelpDoc): ReadonlyArray<string> =>
  [...helpDoc.flags, ...(helpDoc.globalFlags ?? [])].map(({ name }) => `--${name}`)

const subcommandsOf = (helpDoc: HelpDoc.HelpDoc): ReadonlyArray<string> =>
  (helpDoc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name))

/** A candidate with this part (`--aspect-ratio` for `--ratio`), else the closest by spelling. */
const didYouMean = (input: string, candidates: ReadonlyArray<string>): string => {
  const bare = input.replace(/^-+/, "")
  const nearest = candidates.find((candidate) => candidate.split("-").includes(bare)) ?? closestMatch(input, candidates)
  return nearest === undefined ? `: ${candidates.join(", ")}` : `; did you mean ${nearest}?`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
