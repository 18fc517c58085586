// Random values of a hyperschema type, from a seed: for the vectors and for tests that go both ways.

function random (seed) {
  let a = seed >>> 0
  return () => { // a small generator with 32 bits of state
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const TEXTS = ['', 'a', 'hello', 'zero\0inside', 'naïve', '日本', '\u{1f600} smile', 'quote " back \\ slash', 'line\nbreak', 'x'.repeat(300)]

class Values {
  constructor (json, seed) {
    this.types = new Map(json.schema.map((type) => ['@' + type.namespace + '/' + type.name, type]))
    this.next = random(seed)
  }

  below (n) { return Math.floor(this.next() * n) }

  // Small numbers are as likely as large ones, for each size of an integer has its own form.
  uint (bits) {
    const n = this.below(bits + 1)
    return n === 0 ? 0 : Math.min(2 ** n - 1, Math.floor(this.next() * 2 ** n))
  }

  int (bits) {
    const n = this.uint(bits - 1)
    return this.next() < 0.5 ? n : n === 0 ? 0 : -n
  }

  bytes (n) {
    const all = Buffer.alloc(n)
    for (let i = 0; i < n; i++) all[i] = this.next() < 0.2 ? 0 : this.below(256)
    return all
  }

  big (bits) {
    let n = 0n
    for (let i = this.below(bits / 8 + 1); i > 0; i--) n = n * 256n + BigInt(this.below(256))
    return n
  }

  text () { return TEXTS[this.below(TEXTS.length)] }

  list (make, most = 4) {
    const list = []
    for (let i = this.below(most + 1); i > 0; i--) list.push(make())
    return list
  }

  ipv4 () { return [...this.bytes(4)].join('.') }

  ipv6 () { return Array.from({ length: 8 }, () => this.uint(16).toString(16)).join(':') }

  json (depth) {
    switch (this.below(depth > 2 ? 5 : 7)) {
      case 0: return null
      case 1: return this.next() < 0.5
      case 2: return this.int(40)
      case 3: return this.text()
      case 4: return this.below(1000) / 8
      case 5: return this.list(() => this.json(depth + 1))
      default: return Object.fromEntries(this.list(() => [this.text(), this.json(depth + 1)]))
    }
  }

  primitive (type) {
    const bits = /^u?int(\d+)$/.exec(type)
    if (bits) return type[0] === 'u' ? this.uint(Math.min(53, +bits[1])) : this.int(Math.min(53, +bits[1]))
    const fixed = /^fixed(\d+)$/.exec(type)
    if (fixed) return this.bytes(+fixed[1])
    switch (type) {
      case 'uint': return this.uint(53)
      case 'int': return this.int(53)
      case 'lexint': return this.uint(31)
      case 'port': return this.uint(16)
      case 'float32': return Math.fround((this.next() - 0.5) * 10 ** this.below(9))
      case 'float64': return (this.next() - 0.5) * 10 ** this.below(20)
      case 'bool': return this.next() < 0.5
      case 'string': case 'utf8': return this.text()
      case 'ascii': return ['', 'plain', 'zero\0'][this.below(3)]
      case 'hex': return this.bytes(this.below(6)).toString('hex')
      case 'bigint': return this.next() < 0.5 ? this.big(200) : -this.big(200)
      case 'biguint64': return this.big(64)
      case 'bigint64': return this.next() < 0.5 ? this.big(56) : -this.big(56)
      case 'buffer': case 'raw': return this.bytes(this.below(300))
      case 'optionalBuffer': return this.next() < 0.3 ? null : this.bytes(1 + this.below(5))
      case 'date': return new Date(this.int(46))
      case 'ip': return this.next() < 0.5 ? this.ipv4() : this.ipv6()
      case 'ipv4': return this.ipv4()
      case 'ipv6': return this.ipv6()
      case 'ipAddress': return { host: this.primitive('ip'), port: this.uint(16) }
      case 'ipv4Address': return { host: this.ipv4(), port: this.uint(16) }
      case 'ipv6Address': return { host: this.ipv6(), port: this.uint(16) }
      case 'json': return this.json(0)
    }
    throw new Error('No random ' + type)
  }

  of (name, depth = 0) {
    const type = this.types.get(name)
    if (!type) return this.primitive(name)
    if (type.alias) return this.of(type.alias, depth)
    if (type.enum) {
      const n = this.below(type.enum.length)
      return type.strings ? type.enum[n].key : n + type.offset
    }
    if (type.array) return this.list(() => this.of(type.type, depth + 1))
    if (type.record) return Object.fromEntries(this.list(() => [this.text() || String(this.below(20)), this.of(type.value, depth + 1)]))
    if (type.versions) {
      const { version, type: struct } = type.versions[this.below(type.versions.length)]
      return { ...this.of(struct, depth + 1), version }
    }
    const value = {}
    for (const field of type.fields) {
      if (field.constant !== undefined) continue
      if (!field.required && (this.next() < 0.4 || depth > 4)) continue
      value[field.name] = field.array ? this.list(() => this.of(field.type, depth + 1), depth > 3 ? 0 : 12) : this.of(field.type, depth + 1)
    }
    return value
  }
}

module.exports = Values
module.exports.random = random
