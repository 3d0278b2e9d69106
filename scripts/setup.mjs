// Sets up a checkout: installs dependencies and builds the apps. Plain JavaScript, because it runs on the Node that npm
// uses (20 or later) before anything is installed. Fast if there is nothing to do.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const bin = join(root, "node_modules", ".bin")
const stampFile = join(root, "node_modules", ".klingkit-setup")
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const env = {
  ...process.env,
  // First in PATH, so that everything below runs on the workspace's own Node, if it has one.
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1"
}

const stop = (message) => {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

/** Runs a command. Its output goes to stderr, unless `quiet`: stdout belongs to the command that follows setup. */
const run = (command, args, { quiet = false } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32"
    })
    let output = ""
    const onOutput = (chunk) => {
      output += chunk
      if (!quiet) process.stderr.write(chunk)
    }
    child.stdout.on("data", onOutput)
    child.stderr.on("data", onOutput)
    child.on("error", (error) => resolve({ code: 1, output: output + error.message }))
    child.on("close", (code) => resolve({ code: code ?? 1, output }))
  })

/** A hash of everything that determines what is installed. */
const installHash = () => {
  const rooms = ["packages", "apps"].flatMap((floor) => readdirSync(join(root, floor)).map((room) => join(floor, room)))
  const manifests = [".", "tests", ...rooms].map((folder) => join(folder, "package.json"))
  const hash = createHash("sha256")
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(file).update(readFileSync(path))
  }
  return hash.digest("hex")
}

const install = async () => {
  const stamp = installHash()
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  process.stderr.write("Installing dependencies (this takes a while the first time) ...\n")
  const { code, output } = await run("npx", ["-y", packageManager, "install", "--frozen-lockfile"])
  if (code !== 0) {
    stop(
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|error sending request/.test(
        output
      )
        ? "Setup stopped: the package registry is not reachable. Check the network or npm's proxy settings, then run the same command again to resume."
        : "Setup stopped: installing the dependencies failed (see above). Fix the cause and run the same command again."
    )
  }
  writeFileSync(stampFile, stamp)
}

const checkNode = () => {
  const { stdout } = spawnSync("node", ["--version"], { env, encoding: "utf8", shell: process.platform === "win32" })
  const [major = 0, minor = 0] = (stdout ?? "").replace("v", "").split(".").map(Number)
  if (major < 22 || (major === 22 && minor < 19)) {
    stop(
      `Setup stopped: there is no Node 24 package for this platform, and ${stdout.trim()} is too old. Install Node 22.19 or later.`
    )
  }
}

const build = async () => {
  const { code, output } = await run(join(bin, "turbo"), ["run", "build", "--output-logs=errors-only"], { quiet: true })
  if (code !== 0) stop(`${output}\nSetup stopped: the build failed (see above).`)
}

await install()
checkNode()
await build()
