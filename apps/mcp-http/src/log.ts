import type { KnownSecrets, OperatingSettings } from "@klingkit/hosting"
import { Layer, Logger, References } from "effect"

/** All that is logged goes to stderr, a line each, without the secrets that this process knows. */
export const logLayer = ({ format, level }: OperatingSettings["log"], { redact }: KnownSecrets): Layer.Layer<never> => {
  const lines = format === "json" ? Logger.formatJson : Logger.formatLogFmt
  const toStderr = Logger.map(lines, (line) => void process.stderr.write(`${redact(line)}\n`))
  return Layer.merge(Logger.layer([toStderr]), Layer.succeed(References.MinimumLogLevel, level))
}
