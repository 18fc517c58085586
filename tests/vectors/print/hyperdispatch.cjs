// Prints commands as the reference encodes them.
const load = require('module').createRequire(process.cwd() + '/')
const { load: make } = load('./typed-spec.cjs')

const { dispatch } = make(2)
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const member = { room: 'lobby', key: Buffer.alloc(32, 1), name: 'ann', joined: new Date(1700000000000), score: -5, motto: 'hi' }
console.log(JSON.stringify({
  put: hex(dispatch.encode('@demo/put', { member })),
  putAsVersion1: hex(dispatch.encode('@demo/put', { member }, { version: 1 })),
  remove: hex(dispatch.encode('@demo/remove', { room: 'lobby', key: Buffer.alloc(32, 1) })),
  rename: hex(dispatch.encode('@demo/rename', { member })),
  level: hex(dispatch.encode('@demo/set-level', 1))
}, null, 1))
