// A reference peer that pairs blindly: pairing-peer.cjs <bootstrap host:port> [poll ms]. Speaks JSON lines: commands { do, ... }, events { event, ... }.
const DHT = require('hyperdht')
const Hyperswarm = require('hyperswarm')
const BlindPairing = require('blind-pairing')
const crypto = require('hypercore-crypto')
const readline = require('readline')

const say = (event, rest = {}) => console.log(JSON.stringify({ event, ...rest }))
const hex = (b) => b && b.toString('hex')
const bytes = (s) => Buffer.from(s, 'hex')
const [address, poll] = process.argv.slice(2)

const dht = new DHT({ bootstrap: [address], host: '127.0.0.1', ephemeral: true })
const swarm = new Hyperswarm({ dht })
const pairing = new BlindPairing(swarm, { poll: Number(poll || 1000) })
let candidate = null

const commands = {
  // Makes an invite to a key and admits whoever comes with it, or refuses.
  async member ({ key, seed, encryptionKey, data, status }) {
    const made = BlindPairing.createInvite(bytes(key), { seed: bytes(seed), data: data && bytes(data) })
    const member = pairing.addMember({
      discoveryKey: crypto.discoveryKey(bytes(key)),
      async onadd (request) {
        request.open(made.publicKey)
        say('request', { userData: hex(request.userData) })
        if (status) return request.deny({ status })
        request.confirm({ key: bytes(key), encryptionKey: encryptionKey && bytes(encryptionKey), additional: made.additional })
      }
    })
    await member.flushed()
    say('member', { invite: hex(made.invite) })
  },

  async candidate ({ invite, userData }) {
    candidate = pairing.addCandidate({ invite: bytes(invite), userData: bytes(userData) })
    candidate.on('announce', () => say('announced'))
    candidate.request.on('rejected', (error) => say('rejected', { code: error.code || null }))
    const paired = await candidate.pairing
    if (paired) say('paired', { key: hex(paired.key), encryptionKey: hex(paired.encryptionKey), data: hex(paired.data) })
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line)
  commands[command.do](command).catch((error) => say('error', { message: error.stack }))
})

dht.fullyBootstrapped().then(() => say('ready'))
