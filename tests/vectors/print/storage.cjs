// Keys and records of a store, and order-preserving encodings, as the reference writes them.
const require_ = require('module').createRequire(process.cwd() + '/')
const index = require_('index-encoder')
const keys = require_('hypercore-storage/lib/keys.js')
const spec = require_('hypercore-storage/encoding/spec/hyperschema')
const hex = (b) => Buffer.from(b).toString('hex')
const fill = (n, byte) => Buffer.alloc(n, byte)
const encode = (type, value) => {
  const state = { start: 0, end: 0, buffer: null }
  type.preencode(state, value)
  state.buffer = Buffer.alloc(state.end)
  type.encode(state, value)
  return hex(state.buffer.subarray(0, state.start))
}
const { store, core, group } = keys
const pointers = [0, 1, 250, 251, 252, 253, 65535, 65536, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER]
const names = ['', 'a', 'a\0b', '\0', '梨', 'x'.repeat(200)]
const json = (name, value) => ({ hex: hex(spec.encode(name, value)) })

const out = {
  uint: pointers.map((value) => ({ value, hex: encode(index.UINT, value) })),
  int: [0, 1, 246, 247, 255, 256, 65535, 65536, 4294967295, 4294967296, -1, -255, -256, -65535, -65536, -4294967295, -4294967296, -(2 ** 40), Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]
    .map((value) => ({ value, hex: encode(index.INT, value) })),
  bytes: ['', '00', '0001', 'ff', 'ff00ff', '000000'].map((value) => ({ value, hex: encode(index.BUFFER, Buffer.from(value, 'hex')) })),
  text: names.map((value) => ({ value, hex: encode(index.STRING, value) })),
  keys: {
    head: hex(store.head()),
    core: hex(store.core(fill(32, 1))),
    coreStart: hex(store.coreStart()),
    coreEnd: hex(store.coreEnd()),
    aliases: names.map((name) => ({ name, namespace: hex(fill(32, 2)), hex: hex(store.coreByAlias({ namespace: fill(32, 2), name })) })),
    aliasStart: hex(store.coreByAliasStart(fill(32, 2))),
    aliasEnd: hex(store.coreByAliasEnd(fill(32, 2))),
    pointed: pointers.map((pointer) => ({
      pointer, auth: hex(core.auth(pointer)), sessions: hex(core.sessions(pointer)), group: hex(core.group(pointer)),
      head: hex(core.head(pointer)), dependency: hex(core.dependency(pointer)), hints: hex(core.hints(pointer)),
      block: hex(core.block(pointer, 300)), blockEnd: hex(core.block(pointer, Infinity)), tree: hex(core.tree(pointer, 70001)),
      bitfield: hex(core.bitfield(pointer, 2, 0)), userData: hex(core.userData(pointer, 'k')), local: hex(core.local(pointer, Buffer.from([1, 0, 7]))), mark: hex(core.mark(pointer, 3))
    })),
    topic: hex(group.topic(fill(32, 3))),
    entry: { group: 2, timestamp: 1700000000000, pointer: 9, hex: hex(group.entry(2, 1700000000000, 9)) }
  },
  heads: [
    { cores: 0, datas: 0, groups: 0, seed: null, first: null },
    { cores: 2, datas: 300, groups: 1, seed: hex(fill(32, 1)), first: hex(fill(32, 2)) },
    { cores: 1, datas: 1, groups: 0, seed: null, first: hex(fill(32, 2)) }
  ].map((v) => ({ ...v, ...json('@corestore/head', { version: 2, cores: v.cores, datas: v.datas, groups: v.groups, seed: v.seed && Buffer.from(v.seed, 'hex'), defaultDiscoveryKey: v.first && Buffer.from(v.first, 'hex') }) })),
  cores: [
    { core: 1, data: 300, alias: null },
    { core: 70000, data: 0, alias: { name: 'a\0b', namespace: hex(fill(32, 9)) } }
  ].map((v) => ({ ...v, ...json('@corestore/core', { version: 2, corePointer: v.core, dataPointer: v.data, alias: v.alias && { name: v.alias.name, namespace: Buffer.from(v.alias.namespace, 'hex') } }) })),
  auths: [
    { publicKey: null, secretKey: null, encryptionKey: null },
    { publicKey: hex(fill(32, 3)), secretKey: null, encryptionKey: null },
    { publicKey: hex(fill(32, 3)), secretKey: hex(fill(64, 4)), encryptionKey: hex(fill(32, 5)) }
  ].map((v) => ({ ...v, ...json('@core/auth', {
    key: fill(32, 1), discoveryKey: fill(32, 2), manifest: null,
    keyPair: v.publicKey && { publicKey: Buffer.from(v.publicKey, 'hex'), secretKey: v.secretKey && Buffer.from(v.secretKey, 'hex') },
    encryptionKey: v.encryptionKey && Buffer.from(v.encryptionKey, 'hex') }) })),
  authWithManifest: json('@core/auth', {
    key: fill(32, 1), discoveryKey: fill(32, 2), keyPair: null, encryptionKey: null,
    manifest: { version: 1, hash: 'blake2b', allowPatch: false, quorum: 1, signers: [{ signature: 'ed25519', namespace: fill(32, 6), publicKey: fill(32, 7) }], prologue: null, linked: null, userData: null } }),
  coreHeads: [
    { fork: 0, length: 1, signature: null, timestamp: 0 },
    { fork: 1, length: 300, signature: hex(fill(64, 5)), timestamp: 1700000000000 }
  ].map((v) => ({ ...v, ...json('@core/head', { fork: v.fork, length: v.length, rootHash: fill(32, 4), signature: v.signature && Buffer.from(v.signature, 'hex'), timestamp: v.timestamp }) })),
  hints: [[0, 0, 0], [5, 300, 0], [0, 0, 1700000000000], [1, 2, 3]]
    .map(([contiguousLength, remoteContiguousLength, recovering]) => ({ contiguousLength, remoteContiguousLength, recovering, ...json('@core/hints', { contiguousLength, remoteContiguousLength, recovering }) })),
  dependency: { pointer: 1, length: 300, ...json('@core/dependency', { dataPointer: 1, length: 300 }) },
  sessions: [[], [{ name: 'batch', dataPointer: 2 }, { name: '', dataPointer: 70000 }]].map((entries) => ({ entries, ...json('@core/sessions', entries) })),
  treeNode: { index: 5, size: 300, ...json('@core/tree-node', { index: 5, size: 300, hash: fill(32, 6) }) },
  groups: [0, 7].map((pointer) => ({ pointer, ...json('@core/group', { key: fill(32, 7), pointer }) }))
}
console.log(JSON.stringify(out, null, 1))
