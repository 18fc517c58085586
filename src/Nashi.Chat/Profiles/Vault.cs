using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nashi.Cryptography;

namespace Nashi.Chat.Profiles;

/// <summary>Secrets in one encrypted file: Argon2id makes a key of the passphrase, that key wraps a random data key, and the data key seals the secrets with XChaCha20-Poly1305.</summary>
/// <remarks>
/// Each change writes a draft beside the file, syncs it, and gives it the file's name: after a crash at any moment the file is the old one or the new one.
/// One program at a time may have a vault open; see <see cref="ProfileLock"/>. Source: messenger.md §4.10, threats.md row 40.
/// </remarks>
public sealed class Vault : ISecretStore, IDisposable
{
    private const string FileName = "vault";
    private const string DraftName = "vault.new";

    private readonly IVaultDisk _disk;
    private readonly IRandom _random;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private IReadOnlyList<VaultLock> _locks;
    private byte[] _dataKey;
    private SecretDictionary _secrets;

    private Vault(IVaultDisk disk, IRandom random, IReadOnlyList<VaultLock> locks, byte[] dataKey, SecretDictionary secrets) =>
        (_disk, _random, _locks, _dataKey, _secrets) = (disk, random, locks, dataKey, secrets);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate) return _secrets.Names;
        }
    }

    /// <summary>Whether a passphrase opens the vault in this folder.</summary>
    /// <exception cref="NoProfileException">There is none.</exception>
    /// <exception cref="VaultDamagedException">It cannot be read.</exception>
    public static bool NeedsPassphrase(string folder) => Read(new VaultDisk(folder)).Locks.All(way => way.Kind != VaultLockKind.KeyRing);

    /// <summary>Whether there is a vault in this folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Makes a vault with its first secrets.</summary>
    /// <exception cref="ProfileExistsException">There is one already.</exception>
    public static ValueTask<Vault> CreateAsync(string folder, VaultKey key, IReadOnlyDictionary<string, byte[]> secrets, IRandom random, CancellationToken cancellationToken = default) =>
        CreateAsync(new VaultDisk(folder), key, secrets, random, cancellationToken);

    /// <summary>Opens a vault.</summary>
    /// <exception cref="NoProfileException">There is none.</exception>
    /// <exception cref="VaultDamagedException">It cannot be read.</exception>
    /// <exception cref="WrongPassphraseException">The key does not open it.</exception>
    public static ValueTask<Vault> OpenAsync(string folder, VaultKey key, IRandom random, CancellationToken cancellationToken = default) =>
        OpenAsync(new VaultDisk(folder), key, random, cancellationToken);

    internal static async ValueTask<Vault> CreateAsync(IVaultDisk disk, VaultKey key, IReadOnlyDictionary<string, byte[]> secrets, IRandom random, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (disk.Read(FileName) is not null) throw new ProfileExistsException("There is a profile here already. Choose another folder with --storage, or remove this one.");
        var first = new SecretDictionary();
        foreach (var (name, value) in secrets)
        {
            SecretDictionary.Require(name, value);
            first.Put(name, value);
        }

        var (locks, dataKey) = await LockAsync(key, random, cancellationToken).ConfigureAwait(false);
        var vault = new Vault(disk, random, locks, dataKey, first);
        vault.Save(locks, dataKey, first);
        return vault;
    }

    internal static async ValueTask<Vault> OpenAsync(IVaultDisk disk, VaultKey key, IRandom random, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var file = Read(disk);
        var dataKey = await UnwrapAsync(file, key, cancellationToken).ConfigureAwait(false);
        if (!file.TryOpen(dataKey, out var bytes)) throw Damaged();
        var isRead = SecretDictionary.TryDecode(bytes, out var secrets);
        CryptographicOperations.ZeroMemory(bytes);
        if (!isRead) throw Damaged();
        // What a crash left behind.
        disk.Remove(DraftName);
        return new Vault(disk, random, file.Locks, dataKey, secrets!);
    }

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out byte[]? value)
    {
        lock (_gate) return _secrets.TryGet(name, out value);
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        PutAsync(new Dictionary<string, byte[]?>(StringComparer.Ordinal) { [name] = value.ToArray() }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PutAsync(IReadOnlyDictionary<string, byte[]?> changes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        foreach (var (name, value) in changes) SecretDictionary.Require(name, value);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var next = _secrets.Copy();
            foreach (var (name, value) in changes) next.Put(name, value);
            await Task.Run(() => Save(_locks, _dataKey, next), CancellationToken.None).ConfigureAwait(false);
            Take(next);
        }
        finally
        {
            _ = _writing.Release();
        }
    }

    /// <summary>Replaces what opens the vault. The data key changes too: an old copy of the file and the old passphrase open nothing that is written from now on.</summary>
    public async ValueTask ChangeKeyAsync(VaultKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (locks, dataKey) = await LockAsync(key, _random, cancellationToken).ConfigureAwait(false);
            Save(locks, dataKey, _secrets);
            CryptographicOperations.ZeroMemory(_dataKey);
            (_locks, _dataKey) = (locks, dataKey);
        }
        finally
        {
            _ = _writing.Release();
        }
    }

    /// <summary>Wipes the secrets from memory.</summary>
    public void Dispose()
    {
        lock (_gate) _secrets.Wipe();
        CryptographicOperations.ZeroMemory(_dataKey);
        _writing.Dispose();
    }

    private static VaultFile Read(IVaultDisk disk)
    {
        var bytes = disk.Read(FileName) ?? throw new NoProfileException("There is no profile here yet. Make one with: nashi chat init");
        return VaultFile.TryDecode(bytes, out var file) ? file : throw Damaged();
    }

    private static async ValueTask<(IReadOnlyList<VaultLock> Locks, byte[] DataKey)> LockAsync(VaultKey key, IRandom random, CancellationToken cancellationToken)
    {
        var dataKey = GC.AllocateArray<byte>(XChaCha20Poly1305.KeySize, pinned: true);
        random.Fill(dataKey);
        var (parameters, wrapping) = await key.MakeAsync(random, cancellationToken).ConfigureAwait(false);
        var way = VaultFile.Wrap(key.Kind, parameters, wrapping, dataKey, random);
        CryptographicOperations.ZeroMemory(wrapping);
        return ([way], dataKey);
    }

    private static async ValueTask<byte[]> UnwrapAsync(VaultFile file, VaultKey key, CancellationToken cancellationToken)
    {
        var dataKey = GC.AllocateArray<byte>(XChaCha20Poly1305.KeySize, pinned: true);
        foreach (var way in file.Locks.Where(way => way.Kind == key.Kind))
        {
            if (await key.DeriveAsync(way.Parameters, cancellationToken).ConfigureAwait(false) is not { } wrapping) continue;
            var isRight = VaultFile.TryUnwrap(way, wrapping, dataKey);
            CryptographicOperations.ZeroMemory(wrapping);
            if (isRight) return dataKey;
        }

        throw new WrongPassphraseException(key.Kind == VaultLockKind.Passphrase
            ? "The passphrase does not open this profile."
            : "The key ring has no key that opens this profile. Log in to the desktop session it was made in, or restore the profile from its phrase.");
    }

    private void Save(IReadOnlyList<VaultLock> locks, byte[] dataKey, SecretDictionary secrets)
    {
        var plain = secrets.Encode();
        var bytes = VaultFile.Seal(locks, dataKey, plain, _random).Encode();
        CryptographicOperations.ZeroMemory(plain);
        if (bytes.Length > VaultFile.MaxBytes) throw new InvalidOperationException("A vault keeps no more than 16 MiB.");
        _disk.Write(DraftName, bytes);
        _disk.Replace(DraftName, FileName);
    }

    private void Take(SecretDictionary next)
    {
        lock (_gate)
        {
            _secrets.Wipe();
            _secrets = next;
        }
    }

    private static VaultDamagedException Damaged() =>
        new("The file of this profile is damaged, or a later version of nashi wrote it. Restore the profile from its phrase with: nashi chat restore");
}
