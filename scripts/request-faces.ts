import { type AnyRequest, createPlanner, requests } from "@klingkit/core/requests"
import { rootCommand } from "../apps/cli/src/cli.ts"
import { lineRequests } from "../apps/cli/src/commands/batch/plan-line.ts"
import { stepKindOf } from "../apps/cli/src/commands/pipeline/plan-steps.ts"
import { toolCall } from "./request-forms.ts"

const commands = rootCommand.subcommands
  .flatMap((listed) => listed.commands)
  .flatMap(({ name, subcommands }) =>
    subcommands.flatMap((listed) => listed.commands.map((command) => `${name} ${command.name}`))
  )
const methods: Readonly<Record<string, object>> = { ...createPlanner() }

/** How each face names a request; undefined where it does not have it. */
export const faces: Readonly<Record<string, (request: AnyRequest) => string | undefined>> = {
  tool: (request) => toolCall(request, request.example)?.name,
  command: ({ command }) => commands.find((name) => name === command),
  "batch line": (request) => lineRequests.find((one) => one === request)?.command,
  "pipeline step": stepKindOf,
  method: ({ method }) => {
    const [noun = "", verb = ""] = method.split(".")
    return verb in (methods[noun] ?? {}) ? method : undefined
  }
}

const free = {
  reason: "free, and makes nothing",
  of: ["list_elements", "delete_element", "list_voices", "delete_voice"]
}

/** The requests that a face does not have, and why. */
export const exceptions: Readonly<
  Record<string, ReadonlyArray<{ readonly reason: string; readonly of: ReadonlyArray<string> }>>
> = {
  "batch line": [free],
  "pipeline step": [
    free,
    { reason: "makes no file that another step could use", of: ["describe_image", "create_element", "create_voice"] },
    { reason: "the kind `speech` makes it, with the lip-sync that uses it", of: ["create_speech"] }
  ]
}

/** Each face that lacks a request without a reason, and each reason that is out of date. */
export const faceProblems = (): ReadonlyArray<string> =>
  requests.flatMap((request: AnyRequest) =>
    Object.entries(faces).flatMap(([face, nameOf]) => {
      const name = nameOf(request)
      const isException = (exceptions[face] ?? []).some(({ of }) => of.includes(request.id))
      if (name === undefined && !isException) return [`${request.id} has no ${face}`]
      return name !== undefined && isException ? [`${request.id} has a ${face}, against its exception`] : []
    })
  )
