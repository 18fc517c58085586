// protomux-wakeup of the reference over a secret stream over TCP: wakeup-peer.cjs listens and does what stdin tells it to.
const net = require('net')
const readline = require('readline')
const SecretStream = require('@hyperswarm/secret-stream')
const Wakeup = require('protomux-wakeup')

const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n')
const hex = (b) => (b ? Buffer.from(b).toString('hex') : null)
const swarm = new Wakeup((id) => say('unknown', { id: hex(id) }), { gcTickTime: 20 })
const sessions = new Map()

net.createServer((socket) => {
  socket.setNoDelay(true)
  const stream = new SecretStream(false, socket)
  stream.noiseStream = stream
  stream.on('error', (error) => say('stream-error', { message: error.message }))
  stream.on('close', () => say('stream-close'))
  swarm.addStream(stream)
}).listen(0, '127.0.0.1', function () { say('listening', { port: this.address().port }) })

const asked = {
  session ({ key, active }) {
    sessions.set(key, swarm.session(Buffer.from(key, 'hex'), {
      active: active !== false,
      onpeeradd: (peer) => say('add', { key, active: peer.active }),
      onpeerremove: () => say('remove', { key }),
      onpeeractive: () => say('active', { key }),
      onpeerinactive: () => say('inactive', { key }),
      onlookup: (req) => say('lookup', { key, hash: hex(req.hash) }),
      onannounce: (writers) => say('announce', { key, writers: writers.map((w) => ({ key: hex(w.key), length: w.length })) })
    }))
  },
  lookup: ({ key, hash }) => sessions.get(key).broadcastLookup(hash ? { hash: Buffer.from(hash, 'hex') } : undefined),
  announce ({ key, writers }) {
    const session = sessions.get(key)
    for (const peer of session.peers) session.announce(peer, writers.map((w) => ({ key: Buffer.from(w.key, 'hex'), length: w.length })))
  },
  active: ({ key }) => sessions.get(key).active(),
  inactive: ({ key }) => sessions.get(key).inactive(),
  leave: ({ key }) => sessions.get(key).destroy()
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line)
  asked[command.do](command)
})
