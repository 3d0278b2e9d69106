import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** The certificate file, which clients trust through `NODE_EXTRA_CA_CERTS`. */
  readonly path: string
}

/** Creates a certificate for 127.0.0.1 in `folder`, valid for one day; throws without `openssl`. */
export const makeCertificate = (folder: string): Certificate => {
  const key = join(folder, "key.pem")
  const path = join(folder, "certificate.pem")
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
  const [program, ...args] = ["openssl", "req", ...kind, ...name, "-keyout", key, "-out", path]
  execFileSync(program, args, { stdio: "pipe" })
  return { key: readFileSync(key, "utf8"), cert: readFileSync(path, "utf8"), path }
}
