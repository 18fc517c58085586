// Prints golden vectors of blind pairing (invites, requests, answers, what is derived) and of identities (phrases, keys, proofs).
const load = require('module').createRequire(process.cwd() + '/')
const pairing = load('blind-pairing-core')
const Identity = load('keet-identity-key')
const crypto = load('hypercore-crypto')
const c = load('compact-encoding')
const bip39 = load('bip39-mnemonic')
const { sign } = load('keet-identity-key/lib/crypto')
const encodings = load('keet-identity-key/lib/encoding')

const hex = (b) => Buffer.from(b).toString('hex')
const fill = (n, size = 32) => Buffer.alloc(size, n)

const inviteOptions = [
  {},
  { expires: 1700000000000 },
  { sensitive: true },
  { testInvitation: true, expires: 4000000000000 },
  { additionalNodes: [{ host: '88.99.3.86', port: 49737 }, { host: '192.168.1.2', port: 7 }, { host: '1.2.3.4', port: 65535 }] },
  { additionalNodes: [] }
]

const invites = inviteOptions.map((options, i) => {
  const seed = fill(i + 1)
  const made = pairing.createInvite(fill(9), { seed, ...options })
  return {
    options: { ...options, nodes: options.additionalNodes?.map((n) => `${n.host}:${n.port}`) },
    seed: hex(seed),
    invite: hex(made.invite),
    id: hex(made.id),
    publicKey: hex(made.publicKey),
    discoveryKey: hex(made.discoveryKey)
  }
})

const key = fill(1)
const made = pairing.createInvite(key, { seed: fill(2), data: Buffer.from('more') })
const [nsEphemeral, nsReply, nsDiscovery] = crypto.namespace('blind-pairing/dht', 3)

function exchange (userData, answer) {
  const request = new pairing.CandidateRequest(made.invite, Buffer.from(userData))
  request.on('rejected', () => {})
  const token = request.token
  const sent = request.encode()
  const member = pairing.MemberRequest.from(sent)
  member.open(made.publicKey)
  answer(member)
  return {
    userData: hex(Buffer.from(userData)),
    token: hex(token),
    session: hex(request.session),
    id: hex(request.id),
    request: hex(sent),
    receipt: hex(member.receipt),
    ephemeralKey: hex(crypto.keyPair(crypto.hash([nsEphemeral, token])).publicKey),
    replyKey: hex(crypto.keyPair(crypto.hash([nsReply, token])).publicKey),
    response: hex(member.response)
  }
}

const exchanges = {
  invite: hex(made.invite),
  key: hex(key),
  signature: hex(made.additional.signature),
  candidateTopic: hex(crypto.hash([nsDiscovery, made.discoveryKey])),
  plain: exchange('user', (m) => m.confirm({ key })),
  encrypted: exchange('user', (m) => m.confirm({ key, encryptionKey: fill(9) })),
  additional: exchange('somebody else', (m) => m.confirm({ key, encryptionKey: fill(9), additional: made.additional })),
  rejected: exchange('user', (m) => m.deny()),
  used: exchange('user', (m) => m.deny({ status: 2 })),
  expired: exchange('user', (m) => m.deny({ status: 3 }))
}

async function identities () {
  const phrases = []
  for (const entropy of [fill(0, 16), fill(0x7f, 16), fill(0xff, 24), Buffer.from('9e885d952ad362caeb4efe34a8e91bd2', 'hex'), fill(0x2a, 32)]) {
    const phrase = bip39.entropyToMnemonic(entropy)
    phrases.push({ entropy: hex(entropy), phrase, seed: hex(await bip39.mnemonicToSeed(phrase)) })
  }

  const keys = []
  for (const seed of [fill(1, 64), fill(0xab, 64), fill(3, 16)]) {
    const id = await Identity.from({ seed })
    keys.push({
      seed: hex(seed),
      identity: hex(id.identityPublicKey),
      profileDiscovery: hex(id.profileDiscoveryPublicKey),
      profileDiscoveryEncryption: hex(id.getProfileDiscoveryEncryptionKey()),
      profile: hex(fill(7)),
      encryption: hex(id.getEncryptionKey(fill(7)))
    })
  }

  // As the package makes them, but at a fixed time.
  const id = await Identity.from({ seed: fill(1, 64) })
  const devices = [crypto.keyPair(fill(5)), crypto.keyPair(fill(6))]
  const epoch = 1700000000000
  const attest = (proof, device, by) => {
    const signature = sign(c.encode(encodings.AttestedDevice, { epoch, identity: proof.identity, device }), by)
    return { ...proof, chain: [...proof.chain, { publicKey: device, signature }] }
  }
  const none = { version: 1, epoch, identity: id.identityPublicKey, chain: [] }
  const one = attest(none, devices[0].publicKey, id.identityKeyPair)
  const two = attest(one, devices[1].publicKey, devices[0])
  const data = Buffer.from('what was said')
  const proofs = {
    epoch,
    identitySeed: hex(fill(1, 64)),
    deviceSeeds: [hex(fill(5)), hex(fill(6))],
    data: hex(data),
    one: hex(c.encode(encodings.ProofEncoding, one)),
    two: hex(c.encode(encodings.ProofEncoding, two)),
    signed: hex(Identity.attestData(data, devices[1], c.encode(encodings.ProofEncoding, two)))
  }
  for (const proof of [proofs.one, proofs.two]) {
    if (!Identity.verify(Buffer.from(proof, 'hex'), null)) throw new Error('the reference does not take its own proof')
  }
  return { phrases, keys, proofs }
}

identities().then((identity) => console.log(JSON.stringify({ invites, exchanges, identity }, null, 2)))
