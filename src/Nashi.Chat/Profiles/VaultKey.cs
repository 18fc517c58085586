using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Profiles;

/// <summary>What opens a vault: a passphrase, or a key that the operating system's key ring keeps.</summary>
public abstract class VaultKey
{
    private protected VaultKey()
    {
    }

    internal abstract VaultLockKind Kind { get; }

    /// <summary>A passphrase, which must not be empty.</summary>
    /// <param name="text">The passphrase, exactly as typed.</param>
    /// <param name="cost">How slowly it becomes a key; null for <see cref="VaultCost.Default"/>.</param>
    public static VaultKey Passphrase(string text, VaultCost? cost = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (cost is { IsAllowed: false }) throw new ArgumentOutOfRangeException(nameof(cost), cost, "1 to 16 passes over 8 KiB to 1 GiB.");
        return new PassphraseKey(text, cost ?? VaultCost.Default);
    }

    /// <summary>The key ring, which is given a random key when the vault is made.</summary>
    public static VaultKey KeyRing(IKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return new RingKey(ring);
    }

    /// <summary>Makes the parameters of a new lock and the key they lead to.</summary>
    internal abstract ValueTask<(byte[] Parameters, byte[] Key)> MakeAsync(IRandom random, CancellationToken cancellationToken);

    /// <summary>The key that a lock's parameters lead to; null when there is none.</summary>
    internal abstract ValueTask<byte[]?> DeriveAsync(byte[] parameters, CancellationToken cancellationToken);

    private sealed class PassphraseKey(string text, VaultCost cost) : VaultKey
    {
        internal override VaultLockKind Kind => VaultLockKind.Passphrase;

        internal override async ValueTask<(byte[] Parameters, byte[] Key)> MakeAsync(IRandom random, CancellationToken cancellationToken)
        {
            var parameters = Describe(random);
            return (parameters, (await DeriveAsync(parameters, cancellationToken).ConfigureAwait(false))!);
        }

        internal override async ValueTask<byte[]?> DeriveAsync(byte[] parameters, CancellationToken cancellationToken)
        {
            if (!TryRead(parameters, out var salt, out var asked)) return null;
            return await Task.Run(() => Derive(salt, asked), cancellationToken).ConfigureAwait(false);
        }

        private byte[] Derive(byte[] salt, VaultCost asked)
        {
            var password = System.Text.Encoding.UTF8.GetBytes(text);
            var key = GC.AllocateArray<byte>(XChaCha20Poly1305.KeySize, pinned: true);
            Argon2id.Derive(password, salt, asked.Operations, asked.MemoryKilobytes << 10, key);
            CryptographicOperations.ZeroMemory(password);
            return key;
        }

        private byte[] Describe(IRandom random)
        {
            Span<byte> salt = stackalloc byte[Argon2id.SaltSize];
            random.Fill(salt);
            Span<byte> bytes = stackalloc byte[64];
            var writer = new CompactWriter(bytes);
            writer.WriteFixed(salt);
            writer.WriteUInt((ulong)cost.Operations);
            writer.WriteUInt((ulong)cost.MemoryKilobytes);
            return bytes[..writer.Written].ToArray();
        }

        private static bool TryRead(byte[] parameters, out byte[] salt, out VaultCost asked)
        {
            (salt, asked) = ([], default);
            var reader = new CompactReader(parameters);
            if (!reader.TryReadFixed(Argon2id.SaltSize, out var bytes) || !reader.TryReadUInt(out var operations) || !reader.TryReadUInt(out var memory)) return false;
            if (operations > int.MaxValue || memory > int.MaxValue) return false;
            (salt, asked) = (bytes.ToArray(), new VaultCost((int)operations, (int)memory));
            return asked.IsAllowed;
        }
    }

    private sealed class RingKey(IKeyRing ring) : VaultKey
    {
        private const int IdSize = 16;

        internal override VaultLockKind Kind => VaultLockKind.KeyRing;

        internal override async ValueTask<(byte[] Parameters, byte[] Key)> MakeAsync(IRandom random, CancellationToken cancellationToken)
        {
            var id = new byte[IdSize];
            random.Fill(id);
            var key = GC.AllocateArray<byte>(XChaCha20Poly1305.KeySize, pinned: true);
            random.Fill(key);
            if (await ring.PutAsync(Name(id), key, cancellationToken).ConfigureAwait(false)) return (id, key);
            throw new WrongPassphraseException("The key ring did not take the key of the vault. Unlock it, or use a passphrase.");
        }

        internal override async ValueTask<byte[]?> DeriveAsync(byte[] parameters, CancellationToken cancellationToken)
        {
            if (parameters.Length != IdSize) return null;
            return await ring.GetAsync(Name(parameters), cancellationToken).ConfigureAwait(false) is { Length: XChaCha20Poly1305.KeySize } key ? key : null;
        }

        private static string Name(byte[] id) => "vault-" + Convert.ToHexStringLower(id);
    }
}
