import { describe, expect, it } from "vitest"
import { denyAddress, denyUrl } from "./fetch-policy.ts"

const outside = { klingIsLocal: false, privateHosts: [] }
const emulated = { ...outside, klingIsLocal: true }

describe("the URL of a result", () => {
  it.each(["https://cdn.klingai.com/a.mp4?sign=x", "https://8.8.8.8/a", "https://[2606:4700::1111]/a"])(
    "is fetched from a public host: %s",
    (url) => {
      expect(denyUrl(url, outside)).toBeUndefined()
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
  ])("is denied: %s", (url) => {
    expect(denyUrl(url, outside)).toBeTypeOf("string")
  })

  it("may be on this machine when Kling is an emulator here, but not elsewhere in the private network", () => {
    expect(denyUrl("http://127.0.0.1:8600/files/a.mp4", emulated)).toBeUndefined()
    expect(denyUrl("http://127.0.0.1:8600/files/a.mp4", outside)).toBeTypeOf("string")
    expect(denyUrl("http://10.0.0.8/a.mp4", emulated)).toBeTypeOf("string")
  })
})

describe("a host that the operator trusts", () => {
  const mirrored = { klingIsLocal: false, privateHosts: ["mirror.corp.example", "*.videos.example", "10.0.0.8"] }

  it.each([
    ["mirror.corp.example", "10.1.2.3"],
    ["MIRROR.corp.example.", "fd00::7"],
    ["a.videos.example", "100.64.0.9"],
    ["a.videos.example", "198.18.0.4"],
    ["10.0.0.8", "10.0.0.8"]
  ])("may be in a private network: %s at %s", (host, address) => {
    expect(denyAddress(host, address, mirrored)).toBeUndefined()
    expect(denyAddress(host, address, outside)).toBeTypeOf("string")
  })

  it.each([
    ["videos.example", "10.1.2.3"],
    ["evilvideos.example", "10.1.2.3"],
    ["mirror.corp.example.evil.example", "10.1.2.3"],
    ["10.0.0.9", "10.0.0.9"],
    ["mirror.corp.example", "169.254.169.254"],
    ["mirror.corp.example", "::ffff:169.254.169.254"],
    ["mirror.corp.example", "0.0.0.0"],
    ["mirror.corp.example", "fe80::1"]
  ])("does not allow other hosts, nor cloud metadata: %s at %s", (host, address) => {
    expect(denyAddress(host, address, mirrored)).toBeTypeOf("string")
  })

  it("still requires https", () => {
    expect(denyUrl("https://mirror.corp.example/a.mp4", mirrored)).toBeUndefined()
    expect(denyUrl("http://mirror.corp.example/a.mp4", mirrored)).toBe("NotHttps")
  })
})

describe("a resolved address", () => {
  it.each(["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])("is public: %s", (address) => {
    expect(denyAddress("cdn.example", address, outside)).toBeUndefined()
  })

  it.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "fc00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address"
  ])("is denied: %s", (address) => {
    expect(denyAddress("cdn.example", address, outside)).toBe("PrivateNetwork")
    expect(denyAddress("localhost", address, outside)).toBeTypeOf("string")
  })

  it("may be loopback only for local names, when Kling is an emulator on this machine", () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      expect(denyAddress(host, "127.0.0.1", emulated)).toBeUndefined()
    }
    expect(denyAddress("cdn.example", "127.0.0.1", emulated)).toBeTypeOf("string")
    expect(denyAddress("localhost", "10.0.0.1", emulated)).toBeTypeOf("string")
  })
})
