// Makes a checkout ready to use: dependencies installed, apps built. Plain JavaScript, because it runs on the Node that
// npm found (20 or later) before anything is installed. Quick when there is nothing to do.
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
  // First in PATH, so that everything below runs on the workspace's own Node where there is one.
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1"
}

const stop = (message) => {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

/** Runs a command. What it says goes to stderr, or nowhere yet when `quiet`: stdout belongs to whatever comes after setup. */
const run = (command, args, { quiet = false } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32"
    })
    let said = ""
    const pass = (chunk) => {
      said += chunk
      if (!quiet) process.stderr.write(chunk)
    }
    child.stdout.on("data", pass)
    child.stderr.on("data", pass)
    child.on("error", (error) => resolve({ code: 1, said: said + error.message }))
    child.on("close", (code) => resolve({ code: code ?? 1, said }))
  })

/** One hash over everything that decides what gets installed. */
const wanted = () => {
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
  const stamp = wanted()
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  process.stderr.write("Installing dependencies (the first time takes a moment) ...\n")
  const { code, said } = await run("npx", ["-y", packageManager, "install", "--frozen-lockfile"])
  if (code !== 0) {
    stop(
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|error sending request/.test(
        said
      )
        ? "Setup stopped: the package registry could not be reached. Check the network or the proxy settings of npm, then run the same command again; it goes on where it stopped."
        : "Setup stopped: installing the dependencies failed; the reason stands above. Run the same command again when it is mended."
    )
  }
  writeFileSync(stampFile, stamp)
}

const checkNode = () => {
  const { stdout } = spawnSync("node", ["--version"], { env, encoding: "utf8", shell: process.platform === "win32" })
  const [major = 0, minor = 0] = (stdout ?? "").replace("v", "").split(".").map(Number)
  if (major < 22 || (major === 22 && minor < 19)) {
    stop(
      `Setup stopped: no Node 24 package exists for this platform, and ${stdout.trim()} is too old. Install Node 22.19 or later.`
    )
  }
}

const build = async () => {
  const { code, said } = await run(join(bin, "turbo"), ["run", "build", "--output-logs=errors-only"], { quiet: true })
  if (code !== 0) stop(`${said}\nSetup stopped: the build failed; the reason stands above.`)
}

await install()
checkNode()
await build()
