import { Config, Effect, FileSystem, Option, Path } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError } from "../output/failure.ts"

const program = process.platform === "win32" ? "klingkit-mcp.cmd" : "klingkit-mcp"

/** The stdio server: in this program's folder, in a `node_modules/.bin` above it, or in PATH. */
export const findServer = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const self = process.argv[1] ?? process.cwd()
  const real = yield* Effect.orElseSucceed(fs.realPath(self), () => self)
  const searchPath = yield* Config.option(Config.String("PATH")).pipe(Effect.orElseSucceed(() => Option.none<string>()))
  const folders = [
    path.dirname(self),
    ...ancestorsOf(path, real).map((folder) => path.join(folder, "node_modules", ".bin")),
    ...Option.getOrElse(searchPath, () => "").split(path.sep === "\\" ? ";" : ":")
  ]
  for (const folder of folders.filter((folder) => folder !== "")) {
    const candidate = path.join(folder, program)
    if (yield* Effect.orElseSucceed(fs.exists(candidate), () => false)) return candidate
  }
  return yield* new CommandError({
    failure: {
      code: "CLI_SERVER_MISSING",
      message: "the demo needs klingkit-mcp, which is not installed",
      suggestion: "install it: npm install -g klingkit-mcp",
      charged: "no",
      exitCode: exitCode.failed
    }
  })
})

const ancestorsOf = (path: Path.Path, file: string): ReadonlyArray<string> => {
  const parent = path.dirname(file)
  return parent === file ? [] : [parent, ...ancestorsOf(path, parent)]
}
