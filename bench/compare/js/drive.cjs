// A folder into a drive, and the drive out to a folder again: drive.cjs import|export --dir=STORE --from=FOLDER --to=FOLDER
const { mode, options, say, seconds, reference } = require('./lib.cjs')
const Corestore = reference('corestore')
const Hyperdrive = reference('hyperdrive')
const Localdrive = reference('localdrive')

async function main () {
  const store = new Corestore(options.dir)
  const drive = new Hyperdrive(store)
  await drive.ready()
  if (mode === 'export') await copy(new Localdrive(options.from), drive)
  const taken = await seconds(() => mode === 'import' ? copy(new Localdrive(options.from), drive) : copy(drive, new Localdrive(options.to)))
  say({ files_s: options.files / taken })
  await store.close()
}

const copy = async (from, to) => { await from.mirror(to, { batch: true }).done() }

main()
