// Runs the same jobs in the reference and in Nashi, in turn, in one run, and prints each figure and the ratio.
//   bench/compare/run [--rounds=3] [--iroh] [job...]
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createSocket } from 'node:dgram'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../..')
const ours = path.join(root, 'artifacts/bin/Nashi.Compare/release/Nashi.Compare')
const sides = {
  reference: (program, args) => ['node', [path.join(here, 'js', program + '.cjs'), ...args]],
  nashi: (program, args) => [ours, [program, ...args]],
  iroh: (program, args) => ['node', [path.join(here, 'iroh', program + '.cjs'), ...args]]
}

const args = process.argv.slice(2)
const rounds = Number(args.find((a) => a.startsWith('--rounds='))?.slice(9) ?? 3)
const wanted = args.filter((a) => !a.startsWith('--'))
const withIroh = args.includes('--iroh')

// A figure is [field, unit, 'less' or 'more': what is better, what it is]. Jobs that iroh does as well run it too with --iroh.
const jobs = [
  { name: 'udx', text: 'raw UDX, two processes', figures: [['mb_s', 'MB/s'], ['cpu_gb', 'cpu-s/GB', 'less']], run: (side) => stream(side, 'udx') },
  { name: 'secret', text: 'secret stream over UDX, two processes', figures: [['mb_s', 'MB/s'], ['cpu_gb', 'cpu-s/GB', 'less']], iroh: true, run: (side) => stream(side, 'secret') },
  { name: 'connect', text: 'connect by key, one at a time', figures: [['p50_ms', 'ms', 'less', 'p50'], ['p99_ms', 'ms', 'less', 'p99']], iroh: true, run: (side) => connect(side, ['--n=200', '--parallel=1']) },
  { name: 'connect16', text: 'connect by key, 16 at a time', figures: [['conns_s', 'connects/s'], ['p99_ms', 'ms', 'less', 'p99']], iroh: true, run: (side) => connect(side, ['--n=800', '--parallel=16']) },
  {
    name: 'dht500',
    text: 'a DHT of 500 nodes in one process',
    figures: [['boot_s', 's', 'less', 'boot'], ['lookups_s', 'look-ups/s', 'more', 'look-ups, 16 at a time'], ['node_kib', 'KiB', 'less', 'memory for each node']],
    run: (side) => collect(start(side, 'dht', ['network', '--nodes=500', '--lookups=1000', '--parallel=16']))
  },
  { name: 'append', text: 'append 100 B, one at a time', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['append', '--n=5000', '--size=100', '--batch=1']) },
  { name: 'append100', text: 'append 100 B, batches of 100', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['append', '--n=50000', '--size=100', '--batch=100']) },
  { name: 'append-64', text: 'append 100 B, 64 at a time', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['append', '--n=40000', '--size=100', '--parallel=64']) },
  { name: 'append-64-synced', text: 'append 100 B, 64 at a time, ours synced', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['append', '--n=20000', '--size=100', '--parallel=64', '--sync=1']) },
  { name: 'append-64k', text: 'append 64 KiB, batches of 16', figures: [['mb_s', 'MB/s']], run: (side) => single(side, 'core', ['append', '--n=4096', '--size=65536', '--batch=16']) },
  { name: 'get-64', text: 'get 100 B, 64 at a time', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['get', '--n=100000', '--size=100', '--parallel=64']) },
  { name: 'get', text: 'get 100 B, one at a time', figures: [['blocks_s', 'blocks/s']], run: (side) => single(side, 'core', ['get', '--n=20000', '--size=100']) },
  { name: 'open', text: 'open a store and read a block of a core of 1 000 000, the fifth time in one process', figures: [['open_ms', 'ms', 'less', 'time']], run: (side) => openLarge(side) },
  { name: 'replicate-small', text: 'replicate 100 k x 100 B, two processes', figures: [['blocks_s', 'blocks/s']], run: (side) => pair(side, 'replicate', ['--n=100000', '--size=100']) },
  { name: 'replicate-large', text: 'replicate 256 MiB x 64 KiB, two processes', figures: [['mb_s', 'MB/s']], run: (side) => pair(side, 'replicate', ['--n=4096', '--size=65536']) },
  { name: 'bee-put', text: 'Hyperbee: put, one at a time', figures: [['entries_s', 'entries/s']], run: (side) => single(side, 'bee', ['put', '--n=3000']) },
  { name: 'bee-batch', text: 'Hyperbee: put, batches of 1 000', figures: [['entries_s', 'entries/s']], run: (side) => single(side, 'bee', ['batch', '--n=30000']) },
  { name: 'bee-get', text: 'Hyperbee of 100 000: get, one at a time', figures: [['entries_s', 'entries/s']], run: (side) => bee(side, ['get', '--n=100000', '--gets=5000']) },
  { name: 'bee-iterate', text: 'Hyperbee of 100 000: all in order', figures: [['entries_s', 'entries/s']], run: (side) => bee(side, ['iterate', '--n=100000']) },
  { name: 'import', text: 'import 10 000 files into a drive', figures: [['files_s', 'files/s']], run: (side) => drive(side, 'import') },
  { name: 'base', text: 'append to a base, one at a time', figures: [['values_s', 'values/s']], run: (side) => single(side, 'base', ['append', '--n=1000', '--size=100', '--batch=1']) },
  { name: 'base100', text: 'append to a base, batches of 100', figures: [['values_s', 'values/s']], run: (side) => single(side, 'base', ['append', '--n=20000', '--size=100', '--batch=100']) },
  { name: 'base-catchup', text: 'a reader applies 10 000 values of a base, in one process', figures: [['values_s', 'values/s']], run: (side) => single(side, 'base', ['catchup', '--n=10000', '--size=100', '--batch=100']) },
  { name: 'base-forward', text: 'a reader goes to the end of a base of 100 k values, in one process', figures: [['seconds', 's', 'less']], run: (side) => single(side, 'base', ['forward', '--n=100000', '--size=100', '--batch=100']) },
  { name: 'export', text: 'mirror a drive of 10 000 files to a folder', figures: [['files_s', 'files/s']], run: (side) => drive(side, 'export') }
].filter((job) => wanted.length === 0 || wanted.includes(job.name))

const rows = []
for (const job of jobs) {
  const order = ['reference', 'nashi', ...(withIroh && job.iroh ? ['iroh'] : [])]
  const results = Object.fromEntries(order.map((side) => [side, []]))
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? order.toReversed() : order) {
      const result = await job.run(side)
      results[side].push(result)
      console.error(`${job.name} ${side} ${job.figures.map(([field, unit]) => `${result[field].toFixed(2)} ${unit}`).join(', ')}`)
    }
  }
  for (const [field, unit, better, what] of job.figures) rows.push(row(job, field, unit, better === 'less', what, results))
}

console.log('| job | reference | Nashi | ratio |' + (withIroh ? ' iroh | ratio |' : ''))
console.log('|---|---|---|---|' + (withIroh ? '---|---|' : ''))
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(`\nThe ratio is the median of ${rounds} pairs that ran in turn; above 1 Nashi is better. node ${process.version}, .NET ${execFileSync('dotnet', ['--version']).toString().trim()}`)

function row (job, field, unit, isLess, what, results) {
  const values = (side) => results[side]?.map((result) => result[field])
  const ratio = (side) => values(side) ? median(values('nashi').map((value, i) => isLess ? values(side)[i] / value : value / values(side)[i])).toFixed(2) + 'x' : ''
  const figure = (side) => values(side) ? `${show(median(values(side)))} ${unit}` : ''
  const text = job.text + (what ? `: ${what}` : isLess ? ': processor time' : '')
  return [text, figure('reference'), figure('nashi'), ratio('reference'), ...(withIroh ? [figure('iroh'), ratio('iroh')] : [])]
}

async function stream (side, kind) {
  const bytes = 400_000_000
  const { server, client } = await both(side, 'stream', [`--kind=${kind}`, `--bytes=${bytes}`])
  return { mb_s: server.mb_s, cpu_gb: (server.cpu_s + client.cpu_s) / (bytes / 1e9) }
}

async function connect (side, rest) {
  const network = side === 'iroh' ? null : start(side, 'connect', ['network', '--nodes=10'])
  const bootstrap = network ? [`--bootstrap=${(await network.next((line) => line.ready)).bootstrap}`] : []
  try {
    return await pair(side, 'connect', [...bootstrap, ...rest])
  } finally {
    network?.kill()
    await network?.ended
  }
}

async function single (side, program, [mode, ...rest]) {
  return await inFolder((folder) => collect(start(side, program, [mode, `--dir=${folder}/store`, ...rest])))
}

async function openLarge (side) {
  return await inFolder(async (folder) => {
    await collect(start('nashi', 'core', ['append', `--dir=${folder}/store`, '--n=1000000', '--size=100', '--batch=1000']))
    return await collect(start(side, 'core', ['open', `--dir=${folder}/store`, '--n=1000000', '--times=5']))
  })
}

// Both sides read the same tree: what one wrote, the other opens.
async function bee (side, [mode, ...rest]) {
  return await inFolder(async (folder) => {
    await collect(start('nashi', 'bee', ['batch', `--dir=${folder}/store`, ...rest]))
    return await collect(start(side, 'bee', [mode, `--dir=${folder}/store`, ...rest]))
  })
}

async function drive (side, mode) {
  return await inFolder((folder) => {
    makeFiles(path.join(folder, 'from'), 10_000)
    mkdirSync(path.join(folder, 'to'))
    return collect(start(side, 'drive', [mode, `--dir=${folder}/store`, `--from=${folder}/from`, `--to=${folder}/to`, '--files=10000']))
  })
}

async function pair (side, program, rest) {
  const { server, client } = await both(side, program, rest, 1)
  return server ?? client
}

// Runs a server and a client; waits for the first figures, or for those of both.
async function both (side, program, rest, count = 2) {
  return await inFolder(async (folder) => {
    const [a, b] = [await freePort(), await freePort()]
    const server = start(side, program, ['server', `--local=${a}`, `--remote=${b}`, `--dir=${folder}/a`, ...rest])
    const ready = await server.next((line) => line.ready)
    const key = ready.key ? [`--key=${ready.key}`] : []
    const client = start(side, program, ['client', `--local=${b}`, `--remote=${a}`, `--dir=${folder}/b`, ...key, ...rest])
    const figures = [server.next(hasFigures).then((server) => ({ server })), client.next(hasFigures).then((client) => ({ client }))]
    try {
      return count === 1 ? await Promise.race(figures) : Object.assign({}, ...await Promise.all(figures))
    } finally {
      client.kill()
      server.kill()
      await Promise.all([client.ended, server.ended, ...figures.map((figure) => figure.catch(() => {}))])
    }
  })
}

async function collect (program) {
  const result = await program.next(hasFigures)
  await program.ended
  return result
}

function hasFigures (line) {
  return Object.keys(line).some((key) => key.endsWith('_s'))
}

function start (side, program, args) {
  const [command, line] = sides[side](program, args)
  const child = spawn(command, line, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = []
  const waiting = []
  createInterface({ input: child.stdout }).on('line', (text) => {
    const parsed = JSON.parse(text)
    lines.push(parsed)
    for (const waiter of [...waiting]) if (waiter.wants(parsed)) { waiting.splice(waiting.indexOf(waiter), 1); waiter.resolve(parsed) }
  })
  const ended = new Promise((resolve) => child.on('close', (code) => {
    for (const waiter of waiting) waiter.reject(new Error(`${side} ${program} ${args[0]} ended with ${code}`))
    resolve(code)
  }))
  const next = (wants) => new Promise((resolve, reject) => {
    const already = lines.find(wants)
    if (already) return resolve(already)
    const waiter = { wants, resolve, reject }
    waiting.push(waiter)
  })
  return { next, ended, kill: () => child.kill('SIGKILL') }
}

async function inFolder (work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nashi-compare-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFiles (folder, count) {
  mkdirSync(folder)
  let state = 1
  for (let i = 0; i < count; i++) {
    const below = path.join(folder, 'd' + (i % 20))
    mkdirSync(below, { recursive: true })
    const data = Buffer.alloc(500 + (i * 7919) % 9000)
    for (let j = 0; j < data.length; j++) data[j] = (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16
    writeFileSync(path.join(below, `file-${i}.bin`), data)
  }
}

function freePort () {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}

function median (values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function show (value) {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)
}
