// What the reference side of every comparison shares. Packages come from tests/js.
const path = require('path')
const { createRequire } = require('module')

exports.reference = createRequire(path.join(__dirname, '../../../tests/js/'))

exports.options = Object.fromEntries(process.argv.slice(3).map((arg) => {
  const [name, value] = arg.replace(/^--/, '').split('=')
  return [name, value === undefined || value === '' || isNaN(value) ? value ?? true : Number(value)]
}))

exports.mode = process.argv[2]

exports.say = (line) => process.stdout.write(JSON.stringify(line) + '\n')

exports.seconds = async (work) => {
  const began = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - began) / 1e9
}

// A raw UDX stream between two ports of this machine; the stream ids are agreed on: the server's is 2, the client's 1.
exports.udxStream = async ({ local, remote, server }) => {
  const UDX = exports.reference('udx-native')
  const udx = new UDX()
  const socket = udx.createSocket()
  socket.bind(local, '127.0.0.1')
  const stream = udx.createStream(server ? 2 : 1)
  stream.connect(socket, server ? 1 : 2, remote, '127.0.0.1')
  return { udx, socket, stream }
}

exports.percentile = (values, p) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]
}

// Seconds of processor time that this process has used.
exports.cpu = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
