#!/usr/bin/env node
import module from "node:module"

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) {
  module.enableCompileCache()
  await import("../dist/main.mjs")
} else {
  process.stderr.write(`klingkit-mcp needs Node 22.19 or newer; this is ${process.version}\n`)
  process.exitCode = 1
}
