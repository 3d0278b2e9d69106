// Counts the jobs that one call of each client commits when responses are lost, and updates docs/lost-answers.md.
// `--ours` measures klingkit only, installs nothing and prints its rows as JSON.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Client, ours, peers } from "./clients.ts"
import { install } from "./install.ts"
import { measure, type Row } from "./measure.ts"
import { measuredSection, type NotRun, rowLine, withMeasuredSection } from "./page.ts"
import { type Certificate, makeCertificate } from "./services/certificate.ts"

const page = new URL("../../docs/lost-answers.md", import.meta.url)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

const measurePeer = async (client: Client, folder: string): Promise<Row | NotRun> => {
  const { name, version, packages, needsTls } = client
  const installed = await install(packages, join(folder, `${name.replaceAll(/\W/g, "-")}-${version}`))
  if ("failure" in installed) return { name, version, reason: installed.failure }
  if (needsTls !== true) return measure(client, installed.folder)
  let certificate: Certificate
  try {
    certificate = makeCertificate(folder)
  } catch {
    return { name, version, reason: "needs https, but `openssl` is not installed to create a certificate" }
  }
  return measure(client, installed.folder, certificate)
}

const measureOurs = async (): Promise<ReadonlyArray<Row>> => {
  const rows: Array<Row> = []
  for (const client of ours) rows.push(await measure(client))
  return rows
}

if (process.argv.includes("--ours")) {
  const rows = await measureOurs()
  print(JSON.stringify(rows.map((row) => ({ ...row, line: rowLine(row) }))))
} else {
  const folder = mkdtempSync(join(tmpdir(), "lost-answers-"))
  try {
    const rows: Array<Row> = []
    const notRun: Array<NotRun> = []
    for (const peer of peers) {
      const measured = await measurePeer(peer, folder)
      if ("cells" in measured) {
        rows.push(measured)
        print(rowLine(measured))
        for (const [id, { message }] of Object.entries(measured.cells)) if (message !== "") print(`  ${id}: ${message}`)
      } else {
        notRun.push(measured)
        print(`${measured.name} ${measured.version}: ${measured.reason}`)
      }
    }
    for (const row of await measureOurs()) {
      rows.push(row)
      print(rowLine(row))
    }
    const today = new Date().toISOString().slice(0, 10)
    const section = measuredSection(rows, notRun, today, process.versions.node)
    writeFileSync(page, withMeasuredSection(readFileSync(page, "utf8"), section))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
