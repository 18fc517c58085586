// Kills, power cuts, full and failing disks, damaged files, two processes: against a real process of ours, tests/Lab/peer's store modes.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'

const root = path.resolve(import.meta.dirname, '../..')
const program = path.join(root, 'artifacts/bin/Nashi.LabPeer/release/Nashi.LabPeer')
const shim = path.join(root, 'artifacts/durability/faults.so')
const flags = Object.fromEntries(process.argv.slice(2).filter(a => a.startsWith('--')).map(a => a.slice(2).split('=')))
const kinds = process.argv.slice(2).filter(a => !a.startsWith('--'))
const keep = 'keep' in flags
let state = BigInt(flags.seed ?? Date.now())

// A small generator, so that a seed repeats a run's choices.
function random (below) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
  return Number((state >> 33n) % BigInt(below))
}

const sleep = (ms) => new Promise(resolve => setTimeout(resolve, ms))
const folder = () => fs.mkdtempSync(path.join(flags.dir ?? os.tmpdir(), 'durability-'))

class Peer {
  constructor (mode, args, env = {}) {
    this.events = []
    this.waiting = []
    this.child = spawn(program, [mode, ...Object.entries(args).flatMap(([k, v]) => ['--' + k, String(v)])], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.stderr = ''
    this.child.stderr.on('data', d => { this.stderr += d })
    readline.createInterface({ input: this.child.stdout }).on('line', line => {
      let event
      try { event = JSON.parse(line) } catch { return } // cut off by the kill
      event.at = performance.now()
      this.events.push(event)
      for (const w of this.waiting.splice(0)) w()
    })
    this.ended = new Promise(resolve => this.child.on('close', (code, signal) => resolve({ code, signal })))
    this.ended.then(() => { this.over = true; for (const w of this.waiting.splice(0)) w() })
  }

  last (name) { return this.events.findLast(e => e.event === name) }

  async until (test, ms = 60_000) {
    const end = performance.now() + ms
    for (let at = 0; ;) {
      for (; at < this.events.length; at++) if (test(this.events[at])) return this.events[at]
      if (this.over || performance.now() > end) return null
      await new Promise(resolve => { this.waiting.push(resolve); setTimeout(resolve, Math.max(1, end - performance.now())).unref() })
    }
  }

  async kill () {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

async function check (dir, args = {}) {
  const peer = new Peer('churn', { dir, check: 1, ...args })
  await peer.ended
  return { verified: peer.last('verified'), appended: peer.last('appended'), crash: peer.last('crash'), stderr: peer.stderr }
}

class Tally {
  constructor (kind) { Object.assign(this, { kind, rounds: 0, acknowledged: 0, problems: [], open: [] }) }

  fail (round, what) { this.problems.push(`round ${round}: ${what}`) }

  // What is there is what was acknowledged last, or what was being done then.
  judge (round, before, peer, seen) {
    this.rounds++
    this.acknowledged += peer.events.filter(e => e.event === 'ack').length
    if (!seen.verified) return this.fail(round, `does not open: ${seen.crash?.code} ${seen.crash?.message ?? seen.stderr.slice(0, 300)}`)
    const { length, fork, badCount, bad, openMs } = seen.verified
    this.open.push(openMs)
    if (badCount) this.fail(round, `wrong blocks: ${bad.join(', ')}`)
    if (!seen.appended) this.fail(round, `does not go on: ${seen.crash?.message}`)
    const events = peer.events.filter(e => ['open', 'try', 'ack'].includes(e.event))
    const ack = events.findLast(e => e.event !== 'try') ?? before
    const allowed = [ack, events.at(-1) ?? before]
    if (!allowed.some(a => a.length === length && a.fork === fork)) this.fail(round, `has ${length}@${fork}, acknowledged ${ack.length}@${ack.fork}, then tried ${allowed[1].length}@${allowed[1].fork}`)
  }

  say (more = {}) {
    this.open.sort((a, b) => a - b)
    const { kind, rounds, acknowledged, problems, open } = this
    console.log(JSON.stringify({ kind, rounds, acknowledged, failed: problems.length, openMsMedian: open[open.length >> 1], openMsMax: open.at(-1), ...more }))
    for (const p of problems.slice(0, 20)) console.log('  ' + p)
    return problems.length === 0
  }
}

const jobs = {
  // kill -9: one in five while it starts, the others while it appends, cuts and clears. The same store throughout. One in four kills a download.
  async kill (count = 1000) {
    const tally = new Tally('kill')
    const dir = folder()
    let before = { length: 0, fork: 0 }
    for (let round = 0; round < count; round++) {
      const peer = new Peer('churn', { dir: path.join(dir, 's'), seed: random(1e9) })
      if (round % 5 === 0) await sleep(random(120))
      else {
        await peer.until(e => e.event === 'ack')
        await sleep(random(250))
      }
      await peer.kill()
      const seen = await check(path.join(dir, 's'))
      tally.judge(round, before, peer, seen)
      if (!seen.verified) break
      before = { length: seen.appended?.length ?? seen.verified.length, fork: seen.verified.fork }
    }
    if (!keep) fs.rmSync(dir, { recursive: true })
    const download = await killDownloads(Math.ceil(count / 4))
    return tally.say() && download
  },

  // The power fails: what was not synced is gone, or half of it is. Every other store is a fresh one.
  async cuts (count = 200) {
    const tally = new Tally('cuts')
    let settled = null
    for (let round = 0; round < count; round++) {
      const isFresh = round % 2 === 0
      if (!isFresh && (round % 20 === 1 || !settled)) settled = { dir: folder(), before: { length: 0, fork: 0 } }
      const dir = isFresh ? folder() : settled.dir
      const image = fs.mkdtempSync(dir + '-image-')
      if (!isFresh) keepAll(dir, image)
      const peer = new Peer('churn', { dir: path.join(dir, 's'), seed: random(1e9) }, { LD_PRELOAD: shim, FAULTS_ROOT: dir, FAULTS_IMAGE: image })
      if (isFresh && round % 6 === 0) await sleep(random(200))
      else {
        await peer.until(e => e.event === 'ack')
        await sleep(random(600))
      }
      await peer.kill()
      restore(dir, image, random(3))
      const seen = await check(path.join(dir, 's'))
      tally.judge(round, isFresh ? { length: 0, fork: 0 } : settled.before, peer, seen)
      if (!isFresh) settled.before = { length: seen.appended?.length ?? 0, fork: seen.verified?.fork ?? 0 }
      if (!keep) fs.rmSync(image, { recursive: true })
      if (!keep && isFresh) fs.rmSync(dir, { recursive: true })
      if (!seen.verified) settled = null
    }
    return tally.say()
  },

  // The disk is full, fails, or is read-only: a typed error within a second, and writes again within five after it is well.
  async full (count = 12) {
    const tally = new Tally('full')
    const errnos = [[28, 'ENOSPC'], [5, 'WRITE_FAILED'], [30, 'EROFS']]
    const took = { error: [], resume: [] }
    for (let round = 0; round < count; round++) {
      const [errno, code] = errnos[round % errnos.length]
      const dir = folder()
      const trouble = dir + '-trouble'
      const peer = new Peer('append', { dir: path.join(dir, 's'), 'max-block': 3000, 'keep-going': 1 }, { LD_PRELOAD: shim, FAULTS_ROOT: dir, FAULTS_ERROR: trouble })
      await peer.until(e => e.event === 'ack' && e.length >= 50 + random(300))
      fs.writeFileSync(trouble, String(errno))
      const began = performance.now()
      const error = await peer.until(e => e.event === 'append-error', 10_000)
      const acked = peer.last('ack').length
      await sleep(random(1500))
      fs.rmSync(trouble)
      const well = performance.now()
      const resumed = error && await peer.until(e => e.event === 'ack' && e.at > well && e.length > acked, 20_000)
      if (!error) tally.fail(round, `no error on ${code}: ${peer.stderr.slice(0, 200)}`)
      else if (error.at - began > 1000) tally.fail(round, `${code} after ${error.at - began} ms`)
      if (error) took.error.push(Math.round(error.at - began))
      if (error && !['ENOSPC', 'WRITE_FAILED', 'EROFS'].includes(error.code)) tally.fail(round, `${code} was told as ${error.code}: ${error.message}`)
      if (!resumed) tally.fail(round, `${code}: writes nothing after the disk is well: ${peer.last('append-error')?.message}`)
      else took.resume.push(Math.round(resumed.at - well))
      if (resumed && resumed.at - well > 5000) tally.fail(round, `${code}: resumed after ${resumed.at - well} ms`)
      await sleep(100)
      await peer.kill()
      const last = peer.last('ack').length
      const verify = new Peer('verify', { dir: path.join(dir, 's'), 'max-block': 3000 })
      await verify.ended
      const seen = verify.last('verified')
      tally.rounds++
      tally.acknowledged += last
      if (!seen) tally.fail(round, `${code}: does not open afterwards: ${verify.last('crash')?.message}`)
      else if (seen.length < last || seen.badCount) tally.fail(round, `${code}: ${last} acknowledged, ${seen.length} kept, ${seen.badCount} wrong`)
      if (!keep) fs.rmSync(dir, { recursive: true })
    }
    return tally.say({ errorMsMax: Math.max(...took.error), resumeMsMax: Math.max(...took.resume) })
  },

  // A flipped byte anywhere in a store at rest: a typed refusal, or all blocks as they were.
  async flip (count = 60) {
    const tally = new Tally('flip')
    const { dir, length } = await atRest()
    const outcomes = {}
    for (let round = 0; round < count; round++) {
      const copy = folder()
      fs.cpSync(dir, copy, { recursive: true })
      const files = listFiles(copy).filter(f => fs.statSync(f).size > 0 && !/\/(LOG|LOCK|OPTIONS)[^/]*$/.test(f))
      const file = files[round % files.length]
      const bytes = fs.readFileSync(file)
      bytes[random(bytes.length)] ^= 1 << random(8)
      fs.writeFileSync(file, bytes)
      const peer = new Peer('verify', { dir: copy, 'max-block': 6000, 'allow-copy': 1 })
      await peer.ended
      const [seen, crash] = [peer.last('verified'), peer.last('crash')]
      const name = path.basename(file)
      const isWhole = seen && seen.length === length && seen.badCount === 0
      const isTold = crash?.code || (seen && seen.badCount && seen.bad.every(b => /damaged|content/.test(b) && !/content/.test(b)))
      tally.rounds++
      const outcome = isWhole ? 'whole' : isTold ? `told ${crash?.code ?? 'when read'}` : 'WRONG'
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      if (outcome === 'WRONG') tally.fail(round, `${name}: ${JSON.stringify(seen ?? crash ?? peer.stderr.slice(0, 200)).slice(0, 300)}`)
      fs.rmSync(copy, { recursive: true })
    }
    fs.rmSync(dir, { recursive: true })
    return tally.say({ outcomes })
  },

  // The log torn at any byte: opens, and holds a beginning of what was written.
  async torn (count = 60) {
    const tally = new Tally('torn')
    const dir = folder()
    const writer = new Peer('append', { dir, 'max-block': 3000, limit: 400 })
    await writer.until(e => e.event === 'ack' && e.length >= 200)
    await writer.kill()
    const most = writer.last('ack').length + 1
    const logs = fs.readdirSync(path.join(dir, 'db')).filter(f => f.endsWith('.log')).sort()
    const log = path.join('db', logs.at(-1))
    const size = fs.statSync(path.join(dir, log)).size
    for (let round = 0; round < count; round++) {
      const copy = folder()
      fs.cpSync(dir, copy, { recursive: true })
      const at = round < 10 ? round : random(size)
      fs.truncateSync(path.join(copy, log), at)
      const peer = new Peer('verify', { dir: copy, 'max-block': 3000, 'allow-copy': 1, append: 1 })
      await peer.ended
      const seen = peer.last('verified')
      tally.rounds++
      if (!seen || seen.badCount || seen.length > most || seen.appended !== seen.length + 1) tally.fail(round, `torn at ${at} of ${size}: ${JSON.stringify(seen ?? peer.last('crash'))?.slice(0, 300)}`)
      fs.rmSync(copy, { recursive: true })
    }
    fs.rmSync(dir, { recursive: true })
    return tally.say()
  },

  // Two processes: the second is told so, the first goes on.
  async two (count = 5) {
    const tally = new Tally('two')
    for (let round = 0; round < count; round++) {
      const dir = folder()
      const first = new Peer('append', { dir, 'max-block': 300 })
      await first.until(e => e.event === 'ack')
      const second = new Peer('append', { dir, 'max-block': 300 })
      await second.ended
      const length = first.last('ack').length
      const goesOn = await first.until(e => e.event === 'ack' && e.length > length + 5)
      await first.kill()
      tally.rounds++
      if (second.last('crash')?.code !== 'ELOCKED') tally.fail(round, `the second was told: ${JSON.stringify(second.last('crash') ?? second.events.at(-1))}`)
      if (!goesOn) tally.fail(round, 'the first did not go on')
      fs.rmSync(dir, { recursive: true })
    }
    return tally.say()
  }
}

async function killDownloads (count) {
  const tally = new Tally('kill download')
  const dir = folder()
  const seed = new Peer('seed', { dir: path.join(dir, 'seed'), blocks: 20000, 'max-block': 300, port: 0 })
  const { port, key } = await seed.until(e => e.event === 'listening', 120_000)
  const fetched = { again: 0, kept: 0 }
  for (let round = 0, kept = 0; round < count; round++) {
    const args = { dir: path.join(dir, 'copy'), key, port, 'max-block': 300 }
    const peer = new Peer('download', args)
    if (round % 5 === 0) await sleep(random(150))
    else {
      await peer.until(e => e.event === 'ack')
      await sleep(random(300))
    }
    await peer.kill()
    const acked = new Set(peer.events.filter(e => e.event === 'ack').map(e => e.index))
    const audit = new Peer('audit', args)
    await audit.ended
    const seen = audit.last('verified')
    tally.rounds++
    tally.acknowledged += acked.size
    if (!seen) { tally.fail(round, `does not open: ${audit.last('crash')?.message}`); break }
    if (seen.badCount) tally.fail(round, `wrong or missing: ${seen.bad.join(', ')}`)
    if (seen.have < kept + acked.size) tally.fail(round, `${kept} + ${acked.size} blocks were told, ${seen.have} are there`)
    fetched.kept = kept = seen.have
    if (kept === 20000) { fs.rmSync(args.dir, { recursive: true }); kept = 0 }
  }
  await seed.kill()
  if (!keep) fs.rmSync(dir, { recursive: true })
  return tally.say()
}

async function atRest () {
  const dir = folder()
  const writer = new Peer('append', { dir, 'max-block': 6000, limit: 300 })
  await writer.ended
  return { dir, length: writer.last('ack').length }
}

function listFiles (dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap(e => e.isDirectory() ? listFiles(path.join(dir, e.name)) : [path.join(dir, e.name)])
}

// The image that faults.c keeps: see there.
function keyOf (file) {
  const s = fs.lstatSync(file, { bigint: true })
  return (s.isDirectory() ? 'd' : 'f') + `${s.ino}-${s.birthtimeNs / 1000000000n}${String(s.birthtimeNs % 1000000000n).padStart(9, '0')}`
}

// A store that has been at rest for long is on the disk.
function keepAll (dir, image) {
  const lines = []
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name)
    lines.push(`${keyOf(file)} ${entry.name}\n`)
    if (entry.isDirectory()) keepAll(file, image)
    else fs.copyFileSync(file, path.join(image, keyOf(file)))
  }
  fs.writeFileSync(path.join(image, keyOf(dir)), lines.join(''))
}

// mercy 0: exactly what was synced. 1: newer names too. 2: also a part of what was appended to files.
function restore (dir, image, mercy) {
  const list = path.join(image, keyOf(dir))
  const names = new Map(fs.existsSync(list) ? fs.readFileSync(list, 'utf8').split('\n').filter(Boolean).map(l => [l.slice(l.indexOf(' ') + 1), l.slice(0, l.indexOf(' '))]) : [])
  for (const name of fs.readdirSync(dir)) {
    const file = path.join(dir, name)
    if (mercy > 0) names.set(name, keyOf(file))
    else if (names.get(name) !== keyOf(file)) fs.rmSync(file, { recursive: true })
  }
  for (const [name, key] of names) {
    const file = path.join(dir, name)
    if (key[0] === 'd') {
      if (fs.existsSync(file)) restore(file, image, mercy)
      else if (mercy === 0) fs.mkdirSync(file)
      continue
    }
    const kept = path.join(image, key)
    const durable = fs.existsSync(kept) ? fs.readFileSync(kept) : Buffer.alloc(0)
    if (!fs.existsSync(file)) {
      if (mercy === 0) fs.writeFileSync(file, durable)
      continue
    }
    const now = fs.readFileSync(file)
    const tail = mercy === 2 && now.length > durable.length ? now.subarray(durable.length, durable.length + random(now.length - durable.length + 1)) : Buffer.alloc(0)
    const left = Buffer.concat([durable, tail])
    if (left.equals(now)) continue
    // In place: the file keeps its inode.
    const fd = fs.openSync(file, 'r+')
    fs.ftruncateSync(fd, 0)
    fs.writeSync(fd, left, 0, left.length, 0)
    fs.closeSync(fd)
  }
}

const wanted = kinds.length === 0 || kinds[0] === 'all' ? Object.keys(jobs) : kinds
let ok = true
for (const kind of wanted) {
  if (!jobs[kind]) throw new Error(`no such kind: ${kind}; there are ${Object.keys(jobs).join(', ')}`)
  ok = await jobs[kind](flags.count ? Number(flags.count) : undefined) && ok
}
process.exit(ok ? 0 : 1)
