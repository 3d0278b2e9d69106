import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { root } from "../house/source-file.ts"

/** What the compiler says about programs of users of `@klingkit/core`; empty when all compile. */
export const compileErrors = async (programs: ReadonlyArray<string>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "klingkit-docs-"))
  try {
    for (const [index, program] of programs.entries()) writeFileSync(join(folder, `example-${index}.ts`), program)
    const compilerOptions = {
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      types: [],
      noUnusedLocals: false,
      paths: { "@klingkit/core": [join(root, "packages/core/src/index.ts")] }
    }
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] })
    )
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction")
    const tsc = promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", folder])
    const { stdout } = await tsc.catch((error: { readonly stdout: string }) => error)
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
