import { start } from "../mcp/server-process.ts"

/** An access key that the command of the built server adds for a caller. */
export const addKey = async (
  settings: Readonly<Record<string, string>>,
  name: string,
  ...flags: ReadonlyArray<string>
): Promise<string> => {
  const program = start("klingkit-mcp-http", ["keys", "add", name, ...flags], settings)
  const { code } = await program.ended
  if (code !== 0) throw new Error(program.stderr)
  return program.stdout.trim()
}
