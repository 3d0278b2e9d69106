import S3rver from "@20minutes/s3rver"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const bucket = "media"

/** A server on this machine that speaks S3 and checks signatures, with one bucket. */
export const startS3 = async () => {
  const directory = await mkdtemp(join(tmpdir(), "klingkit-s3-"))
  const s3 = new S3rver({ silent: true, directory, vhostBuckets: false, configureBuckets: [{ name: bucket }] })
  await s3.configureBuckets()
  const serve = s3.callback()
  const requests: Array<string> = []
  let refusals = 0
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split("?", 1)[0]}`)
    if (refusals > 0) {
      refusals--
      request.resume()
      response.writeHead(503).end("<Error><Code>SlowDown</Code><Message>of the key S3RVER</Message></Error>")
    } else serve(request, response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/${bucket}`,
    env: {
      KLINGKIT_MEDIA_BUCKET: `${origin}/${bucket}`,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER"
    },
    /** `PUT /media/KEY`: methods and paths of what was asked. */
    requests,
    /** Answers the next requests with 503. */
    refuse: (count: number) => void (refusals = count),
    keys: async () => (await s3.store.listObjects(bucket, {})).objects.map(({ key }) => key),
    /** As someone else would, behind the back of its users. */
    lose: (key: string) => s3.store.deleteObject(bucket, key),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await rm(directory, { recursive: true, force: true })
    }
  }
}
