// Shared by the cli-*.cjs peers: one JSON object per line out, arguments as --name=value.
const DHT = require('hyperdht')

exports.say = (event, data = {}) => console.log(JSON.stringify({ event, ...data }))

exports.args = Object.fromEntries(process.argv.slice(2).map((arg) => {
  const [name, ...value] = arg.replace(/^--/, '').split('=')
  return [name, value.join('=') || true]
}))

exports.node = () => new DHT({ bootstrap: [exports.args.bootstrap], host: '127.0.0.1', ephemeral: true })

process.on('unhandledRejection', (error) => {
  console.error(error)
  process.exit(1)
})
