using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Profiles;

/// <summary>A vault as it lies on the disk: how it can be opened, and the sealed secrets.</summary>
/// <remarks>
/// <code>magic 8 · version · n × lock · nonce 24 · sealed (buffer) · BLAKE2b-256 of all before
/// lock = kind · parameters (buffer) · nonce 24 · data key wrapped 48</code>
/// The sum tells damage from a wrong passphrase. Wraps are bound to their parameters and the secrets to all locks: none can be exchanged or taken away unnoticed.
/// </remarks>
internal sealed class VaultFile
{
    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 16 << 20;

    private const int Version = 1;
    private const int MaxLocks = 8;
    private const int MaxParameters = 256;
    private const int WrappedSize = XChaCha20Poly1305.KeySize + XChaCha20Poly1305.Overhead;

    private VaultFile(IReadOnlyList<VaultLock> locks, byte[] nonce, byte[] body) => (Locks, Nonce, Body) = (locks, nonce, body);

    /// <summary>The ways to open it.</summary>
    public IReadOnlyList<VaultLock> Locks { get; }

    private byte[] Nonce { get; }

    private byte[] Body { get; }

    private static ReadOnlySpan<byte> Magic => "NASHIVLT"u8;

    /// <summary>Seals secrets under a data key.</summary>
    public static VaultFile Seal(IReadOnlyList<VaultLock> locks, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> secrets, IRandom random)
    {
        var nonce = new byte[XChaCha20Poly1305.NonceSize];
        random.Fill(nonce);
        var body = new byte[secrets.Length + XChaCha20Poly1305.Overhead];
        XChaCha20Poly1305.Encrypt(secrets, Head(locks), nonce, dataKey, body);
        return new VaultFile(locks, nonce, body);
    }

    /// <summary>Wraps a data key.</summary>
    public static VaultLock Wrap(VaultLockKind kind, byte[] parameters, ReadOnlySpan<byte> key, ReadOnlySpan<byte> dataKey, IRandom random)
    {
        var nonce = new byte[XChaCha20Poly1305.NonceSize];
        random.Fill(nonce);
        var wrapped = new byte[WrappedSize];
        XChaCha20Poly1305.Encrypt(dataKey, Bound(kind, parameters), nonce, key, wrapped);
        return new VaultLock(kind, parameters, nonce, wrapped);
    }

    /// <summary>Unwraps the data key of a lock; false when the key is another's.</summary>
    public static bool TryUnwrap(VaultLock way, ReadOnlySpan<byte> key, Span<byte> dataKey) =>
        XChaCha20Poly1305.TryDecrypt(way.Wrapped, Bound(way.Kind, way.Parameters), way.Nonce, key, dataKey);

    /// <summary>Opens the secrets; the caller wipes them.</summary>
    public bool TryOpen(ReadOnlySpan<byte> dataKey, [NotNullWhen(true)] out byte[]? secrets)
    {
        secrets = null;
        if (Body.Length < XChaCha20Poly1305.Overhead) return false;
        secrets = new byte[Body.Length - XChaCha20Poly1305.Overhead];
        if (XChaCha20Poly1305.TryDecrypt(Body, Head(Locks), Nonce, dataKey, secrets)) return true;
        secrets = null;
        return false;
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Head(Locks));
        output.Write(Nonce);
        var writer = new CompactWriter(output);
        writer.WriteBuffer(Body);
        output.Write(Blake2b.Hash(output.WrittenSpan).AsSpan());
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file; false when it is damaged or of a version that this program does not know.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out VaultFile? file)
    {
        file = null;
        if (bytes.Length is < Bytes32.Size or > MaxBytes || !IsWhole(bytes)) return false;
        return TryDecodeWhole(bytes[..^Bytes32.Size], out file);
    }

    /// <summary>Reads what lies before the sum.</summary>
    internal static bool TryDecodeWhole(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out VaultFile? file)
    {
        file = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed(Magic.Length, out var magic) || !magic.SequenceEqual(Magic)) return false;
        if (!reader.TryReadUInt(out var version) || version != Version) return false;
        if (!TryReadLocks(ref reader, out var locks)) return false;
        if (!reader.TryReadFixed(XChaCha20Poly1305.NonceSize, out var nonce) || !reader.TryReadBuffer(MaxBytes, out var body) || !reader.IsEmpty) return false;
        file = new VaultFile(locks, nonce.ToArray(), body.ToArray());
        return true;
    }

    private static bool TryReadLocks(ref CompactReader reader, out List<VaultLock> locks)
    {
        locks = [];
        if (!reader.TryReadUInt(out var count) || count is 0 or > MaxLocks) return false;
        for (var i = 0; i < (int)count; i++)
        {
            if (!reader.TryReadUInt(out var kind) || kind > byte.MaxValue || !reader.TryReadBuffer(MaxParameters, out var parameters)) return false;
            if (!reader.TryReadFixed(XChaCha20Poly1305.NonceSize, out var nonce) || !reader.TryReadFixed(WrappedSize, out var wrapped)) return false;
            locks.Add(new VaultLock((VaultLockKind)kind, parameters.ToArray(), nonce.ToArray(), wrapped.ToArray()));
        }

        return true;
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes) =>
        CryptographicOperations.FixedTimeEquals(bytes[^Bytes32.Size..], Blake2b.Hash(bytes[..^Bytes32.Size]).AsSpan());

    private static ReadOnlySpan<byte> Head(IReadOnlyList<VaultLock> locks)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Magic);
        var writer = new CompactWriter(output);
        writer.WriteUInt(Version);
        writer.WriteUInt((ulong)locks.Count);
        foreach (var way in locks)
        {
            writer.WriteUInt((ulong)way.Kind);
            writer.WriteBuffer(way.Parameters);
            writer.WriteFixed(way.Nonce);
            writer.WriteFixed(way.Wrapped);
        }

        return output.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Bound(VaultLockKind kind, byte[] parameters)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Magic);
        var writer = new CompactWriter(output);
        writer.WriteUInt(Version);
        writer.WriteUInt((ulong)kind);
        writer.WriteBuffer(parameters);
        return output.WrittenSpan;
    }
}
