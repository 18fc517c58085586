// Prints golden vectors of the log: tree hashes, proofs, manifests, signables, signatures, block encryption.
const load = require('module').createRequire(process.cwd() + '/')
const fs = require('fs')
const os = require('os')
const path = require('path')
const Hypercore = load('hypercore')
const crypto = load('hypercore-crypto')
const caps = load('hypercore/lib/caps')
const Verifier = load('hypercore/lib/verifier')
const multisig = load('hypercore/lib/multisig')
const Encryption = load('hypercore/lib/default-encryption')
const { MerkleTree } = load('hypercore/lib/merkle-tree')

const hex = (b) => b ? Buffer.from(b).toString('hex') : null
const fill = (n, length = 32) => Buffer.alloc(length, n)
const node = (n) => ({ index: n.index, size: n.size, hash: hex(n.hash) })
const nodes = (list) => list.map(node)
const blockOf = (i) => Buffer.from('block ' + i + '.'.repeat(i % 5))

function proofOf (p) {
  return {
    block: p.block && { index: p.block.index, value: hex(blockOf(p.block.index)), nodes: nodes(p.block.nodes) },
    hash: p.hash && { index: p.hash.index, nodes: nodes(p.hash.nodes) },
    seek: p.seek && { bytes: p.seek.bytes, nodes: nodes(p.seek.nodes) },
    upgrade: p.upgrade && { start: p.upgrade.start, length: p.upgrade.length, nodes: nodes(p.upgrade.nodes), additionalNodes: nodes(p.upgrade.additionalNodes), signature: hex(p.upgrade.signature) }
  }
}

// Requests of every kind against trees of some lengths; null where the reference refuses.
async function proofs (core, length) {
  const requests = []
  for (const start of [0, 1, 5, length - 1]) {
    for (const target of [start + 1, Math.floor((start + length) / 2) + 1, length]) {
      if (start < 0 || target > length || target <= start) continue
      const upgrade = { start, length: target - start }
      requests.push({ upgrade }, { upgrade, block: { index: target - 1, nodes: 0 } })
      if (start > 0) requests.push({ upgrade, block: { index: start - 1, nodes: 0 } }, { upgrade, hash: { index: 2 * start - 2, nodes: 1 } })
      requests.push({ upgrade, seek: { bytes: 20, padding: 0 } })
    }
  }
  for (let i = 0; i < length; i += 3) {
    for (const n of [0, 1, 2]) {
      requests.push({ block: { index: i, nodes: n } }, { hash: { index: 2 * i, nodes: n } }, { hash: { index: 2 * i + 1, nodes: n } })
      requests.push({ hash: { index: 2 * i, nodes: n }, seek: { bytes: 8 * i + 3, padding: 0 } })
    }
  }
  const out = []
  for (const request of requests) {
    const asked = JSON.parse(JSON.stringify(request))
    let proof = null
    const rx = core.state.storage.read()
    try {
      const pending = await MerkleTree.proof(core.state, rx, request)
      rx.tryFlush()
      proof = proofOf(await pending.settle())
    } catch {
      rx.destroy()
    }
    out.push({ request: asked, proof })
  }
  return out
}

async function trees () {
  const out = []
  const keyPair = crypto.keyPair(fill(1))
  for (const length of [1, 2, 3, 7, 8, 13, 21]) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
    const core = new Hypercore(folder, { keyPair, compat: false })
    await core.ready()
    for (let i = 0; i < length; i++) await core.append(blockOf(i))
    out.push({
      length,
      byteLength: core.byteLength,
      treeHash: hex(await core.treeHash()),
      signature: hex(core.state.signature),
      roots: nodes(core.state.roots),
      proofs: await proofs(core, length)
    })
    await core.close()
    fs.rmSync(folder, { recursive: true })
  }
  return out
}

function manifests () {
  const signer = (n) => ({ publicKey: fill(n) })
  const all = [
    { version: 0, signers: [signer(1)] },
    { version: 0, quorum: 1, signers: [signer(1), signer(2)], allowPatch: true },
    { version: 0, quorum: 0, signers: [], prologue: { hash: fill(9), length: 0 } },
    { version: 1, signers: [signer(1)] },
    { version: 1, allowPatch: true, signers: [signer(1), signer(2), signer(3)], prologue: { hash: fill(9), length: 300 } },
    { version: 2, signers: [signer(1)], linked: [fill(7)], userData: Buffer.from('ud') }
  ]
  return all.map((m) => {
    const manifest = Verifier.createManifest(m)
    return { version: manifest.version, quorum: manifest.quorum, encoded: hex(Verifier.encodeManifest(manifest)), key: hex(Verifier.manifestHash(manifest)) }
  })
}

// Trees signed by several: who signs which length, and whether the reference takes the result for the shorter one.
async function signatures () {
  const out = []
  const pairs = [1, 2, 3].map((n) => crypto.keyPair(fill(n)))
  const cases = [
    { version: 1, quorum: 2, allowPatch: true, sign: [[0, 4], [2, 6]], length: 4 },
    { version: 1, quorum: 2, allowPatch: true, sign: [[0, 4], [1, 4]], length: 4 },
    { version: 1, quorum: 2, allowPatch: false, sign: [[0, 4], [1, 4]], length: 4 },
    { version: 1, quorum: 2, allowPatch: false, sign: [[0, 4], [1, 6]], length: 4 },
    { version: 1, quorum: 2, allowPatch: true, sign: [[0, 4]], length: 4 },
    { version: 1, quorum: 2, allowPatch: true, sign: [[1, 4], [1, 6]], length: 4 },
    { version: 1, quorum: 2, allowPatch: true, sign: [[2, 7], [1, 9], [0, 3]], length: 3 },
    { version: 2, quorum: 3, allowPatch: true, sign: [[2, 7], [1, 9], [0, 3]], length: 3 },
    { version: 0, quorum: 2, allowPatch: true, sign: [[0, 4], [2, 6]], length: 4 },
    { version: 0, quorum: 2, allowPatch: false, sign: [[0, 4], [2, 4]], length: 4 },
    { version: 0, quorum: 1, allowPatch: true, sign: [[1, 4]], length: 4 }
  ]
  for (const item of cases) {
    const manifest = Verifier.createManifest({ version: item.version, quorum: item.quorum, allowPatch: item.allowPatch, signers: pairs.map((p, i) => ({ publicKey: p.publicKey, namespace: fill(i + 20) })) })
    const key = Verifier.manifestHash(manifest)
    const verifier = new Verifier(key, manifest)
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nashi-vectors-'))
    const core = new Hypercore(folder, { keyPair: pairs[0], compat: false })
    await core.ready()
    const partial = []
    let short = null
    for (let i = 1; i <= 9; i++) {
      await core.append(blockOf(i - 1))
      const batch = core.state.createTreeBatch()
      if (i === item.length) short = batch
    }
    for (const [signer, length] of item.sign) {
      const batch = core.state.createTreeBatch()
      batch.roots = await MerkleTree.getRootsFromStorage(core.state.storage, length)
      batch.length = length
      const context = item.version === 0 ? manifest.signers[signer].namespace : key
      const signature = crypto.sign(caps.treeSignable(context, crypto.tree(batch.roots), length, 0), pairs[signer].secretKey)
      partial.push(await multisig.partialSignature(core, signer, item.length, length, signature))
    }
    const signature = item.version === 0 ? multisig.assemblev0(partial) : multisig.assemble(partial)
    let valid = false
    try { valid = verifier.verify(short, signature) } catch {}
    out.push({ ...item, manifest: hex(Verifier.encodeManifest(manifest)), key: hex(key), signature: hex(signature), roots: nodes(short.roots), valid })
    await core.close()
    fs.rmSync(folder, { recursive: true })
  }
  return out
}

function encryption () {
  const out = []
  for (const options of [{}, { compat: true }, { block: true }]) {
    const provider = new Encryption(fill(3), fill(4), options)
    for (const [index, fork, size] of [[0, 0, 5], [7, 2, 0], [0x1234567, 300, 100]]) {
      const block = Buffer.concat([Buffer.alloc(8), fill(6, size)])
      Encryption.encrypt(index, block, fork, provider.blockKey, provider.blindingKey)
      out.push({ ...options, index, fork, plain: hex(fill(6, size)), stored: hex(block), blockKey: hex(provider.blockKey), blindingKey: hex(provider.blindingKey) })
    }
  }
  return out
}

async function main () {
  const hash = crypto.tree([{ index: 0, size: 5, hash: crypto.data(Buffer.from('hello')) }])
  console.log(JSON.stringify({
    trees: await trees(),
    manifests: manifests(),
    signables: { treeHash: hex(hash), context: hex(fill(5)), length: 1, fork: 3, signable: hex(caps.treeSignable(fill(5), hash, 1, 3)), compat: hex(caps.treeSignableCompat(hash, 1, 3, false)) },
    signatures: await signatures(),
    encryption: encryption()
  }, null, 1))
}

main().catch((err) => {
  console.error(err)
  process.exit(1)
})
