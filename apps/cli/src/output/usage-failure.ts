import { nearestWord, type Problem } from "@klingkit/core"
import type { CliError, HelpDoc } from "effect/cli"
import { exitCode } from "./exit-code.ts"
import type { Failure } from "./failure.ts"

interface WrongInvocation {
  readonly commandPath: ReadonlyArray<string>
  readonly errors: ReadonlyArray<CliError.NonShowHelpErrors>
  readonly helpDoc: HelpDoc.HelpDoc
}

/** What is wrong with a command line, in sentences of one kind; the nearest legal word is named where there is one. */
export const usageFailure = ({ commandPath, errors, helpDoc }: WrongInvocation): Failure => {
  const command = commandPath.join(" ")
  const problems =
    errors.length === 0
      ? [{ field: command, message: `needs one of: ${subcommandsOf(helpDoc).join(", ")}` }]
      : errors.map((error) => problemOf(error, helpDoc))
  return {
    code: "CLI_USAGE",
    message: problems.map(({ field, message }) => `${field} ${message}`.trimStart()).join("; "),
    suggestion: `see ${command} --help; nothing was sent`,
    charged: "no",
    exitCode: exitCode.usage,
    problems
  }
}

const problemOf = (error: CliError.NonShowHelpErrors, helpDoc: HelpDoc.HelpDoc): Problem => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return { field: error.option, message: `is not a flag here${didYouMean(error.option, flagsOf(helpDoc))}` }
    case "UnknownSubcommand":
      return {
        field: error.subcommand,
        message: `is not a command here${didYouMean(error.subcommand, subcommandsOf(helpDoc))}`
      }
    case "MissingArgument":
      return { field: `<${error.argument}>`, message: "is required" }
    case "MissingOption":
      return { field: `--${error.option}`, message: "is required" }
    case "UnexpectedArgument":
      return {
        field: error.arguments.map((one) => JSON.stringify(one)).join(" "),
        message: "is one word too many; put a text with spaces into quotes"
      }
    case "InvalidValue": {
      const field = error.kind === "flag" ? `--${error.option}` : `<${error.option}>`
      const what = error.value === "" ? "needs a value" : `cannot be ${JSON.stringify(error.value)}`
      return { field, message: `${what}: ${lowerFirst(error.expected)}` }
    }
    default:
      return { field: "", message: error.message }
  }
}

const flagsOf = (helpDoc: HelpDoc.HelpDoc): ReadonlyArray<string> =>
  [...helpDoc.flags, ...(helpDoc.globalFlags ?? [])].map(({ name }) => `--${name}`)

const subcommandsOf = (helpDoc: HelpDoc.HelpDoc): ReadonlyArray<string> =>
  (helpDoc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name))

/** The one of which a part was written (`--ratio` for `--aspect-ratio`), else the nearest by spelling. */
const didYouMean = (word: string, candidates: ReadonlyArray<string>): string => {
  const bare = word.replace(/^-+/, "")
  const near = candidates.find((one) => one.split("-").includes(bare)) ?? nearestWord(word, candidates)
  return near === undefined ? `: ${candidates.join(", ")}` : `; did you mean ${near}?`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
