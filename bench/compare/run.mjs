// Runs the same jobs in the reference and in Nashi, in turn, in one run, and prints each figure and the ratio.
//   bench/compare/run [--rounds=3] [job...]
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
  nashi: (program, args) => [ours, [program, ...args]]
}

const args = process.argv.slice(2)
const rounds = Number(args.find((a) => a.startsWith('--rounds='))?.slice(9) ?? 3)
const wanted = args.filter((a) => !a.startsWith('--'))

const jobs = [
  { name: 'udx', text: 'raw UDX, two processes', unit: 'mb_s', run: (side) => pair(side, 'stream', ['--kind=udx', '--bytes=400000000']) },
  { name: 'secret', text: 'secret stream over UDX, two processes', unit: 'mb_s', run: (side) => pair(side, 'stream', ['--kind=secret', '--bytes=400000000']) },
  { name: 'append', text: 'append 100 B, one at a time', unit: 'blocks_s', run: (side) => single(side, 'core', ['append', '--n=5000', '--size=100', '--batch=1']) },
  { name: 'append100', text: 'append 100 B, batches of 100', unit: 'blocks_s', run: (side) => single(side, 'core', ['append', '--n=50000', '--size=100', '--batch=100']) },
  { name: 'get', text: 'get 100 B, one at a time', unit: 'blocks_s', run: (side) => single(side, 'core', ['get', '--n=20000', '--size=100']) },
  { name: 'replicate-small', text: 'replicate 100 k x 100 B, two processes', unit: 'blocks_s', run: (side) => pair(side, 'replicate', ['--n=100000', '--size=100']) },
  { name: 'replicate-large', text: 'replicate 256 MiB x 64 KiB, two processes', unit: 'mb_s', run: (side) => pair(side, 'replicate', ['--n=4096', '--size=65536']) },
  { name: 'import', text: 'import 1 000 files into a drive', unit: 'files_s', run: (side) => drive(side, 'import') },
  { name: 'export', text: 'mirror a drive of 1 000 files to a folder', unit: 'files_s', run: (side) => drive(side, 'export') }
].filter((job) => wanted.length === 0 || wanted.includes(job.name))

const rows = []
for (const job of jobs) {
  const figures = { reference: [], nashi: [] }
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? ['nashi', 'reference'] : ['reference', 'nashi']) {
      const result = await job.run(side)
      figures[side].push(result[job.unit])
      console.error(`${job.name} ${side} ${result[job.unit].toFixed(1)} ${job.unit}`)
    }
  }
  const ratios = figures.nashi.map((value, i) => value / figures.reference[i])
  rows.push({ job: job.text, unit: job.unit.replace('_s', '/s').replace('mb', 'MB'), reference: median(figures.reference), nashi: median(figures.nashi), ratio: median(ratios) })
}

console.log('| job | reference | Nashi | ratio (median of pairs) |')
console.log('|---|---|---|---|')
for (const row of rows) console.log(`| ${row.job} | ${show(row.reference)} ${row.unit} | ${show(row.nashi)} ${row.unit} | ${row.ratio.toFixed(2)}x |`)
console.log(`\n${rounds} rounds, the two in turn; node ${process.version}, .NET ${execFileSync('dotnet', ['--version']).toString().trim()}`)

async function single (side, program, [mode, ...rest]) {
  return await inFolder((folder) => collect(start(side, program, [mode, `--dir=${folder}/store`, ...rest])))
}

async function drive (side, mode) {
  return await inFolder((folder) => {
    makeFiles(path.join(folder, 'from'), 1000)
    mkdirSync(path.join(folder, 'to'))
    return collect(start(side, 'drive', [mode, `--dir=${folder}/store`, `--from=${folder}/from`, `--to=${folder}/to`, '--files=1000']))
  })
}

async function pair (side, program, rest) {
  return await inFolder(async (folder) => {
    const [a, b] = [await freePort(), await freePort()]
    const server = start(side, program, ['server', `--local=${a}`, `--remote=${b}`, `--dir=${folder}/a`, ...rest])
    const ready = await server.next((line) => line.ready)
    const key = ready.key ? [`--key=${ready.key}`] : []
    const client = start(side, program, ['client', `--local=${b}`, `--remote=${a}`, `--dir=${folder}/b`, ...key, ...rest])
    try {
      return await Promise.race([server.next((line) => line.mb_s), client.next((line) => line.mb_s)])
    } finally {
      client.kill()
      server.kill()
      await Promise.all([client.ended, server.ended])
    }
  })
}

async function collect (program) {
  const result = await program.next((line) => Object.keys(line).some((key) => key.endsWith('_s')))
  await program.ended
  return result
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
