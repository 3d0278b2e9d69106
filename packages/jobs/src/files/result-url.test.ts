import { describe, expect, it } from "vitest"
import { refuseResultUrl } from "./result-url.ts"

describe("the URL of a result", () => {
  it.each(["https://cdn.klingai.com/a.mp4?sign=x", "https://8.8.8.8/a", "https://[2606:4700::1111]/a"])(
    "is fetched from a public host: %s",
    (url) => {
      expect(refuseResultUrl(url, false)).toBeUndefined()
    }
  )

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "https://169.254.169.254/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[2002:a00:1::]/",
    "https://0/",
    "https://2130706433/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://localhost./",
    "https://100.64.0.1/",
    "https://10.0.0.8/",
    "https://172.31.0.1/",
    "https://192.168.1.1/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "http://cdn.klingai.com/a.mp4",
    "file:///etc/passwd",
    "ftp://cdn.klingai.com/a",
    "javascript:alert(1)",
    "https://user:pass@cdn.klingai.com/a",
    "not a url"
  ])("is refused: %s", (url) => {
    expect(refuseResultUrl(url, false)).toBeTypeOf("string")
  })

  it("may be on this machine when Kling is an emulator here, and nowhere else inside", () => {
    expect(refuseResultUrl("http://127.0.0.1:8600/files/a.mp4", true)).toBeUndefined()
    expect(refuseResultUrl("http://127.0.0.1:8600/files/a.mp4", false)).toBeTypeOf("string")
    expect(refuseResultUrl("http://10.0.0.8/a.mp4", true)).toBeTypeOf("string")
  })
})
