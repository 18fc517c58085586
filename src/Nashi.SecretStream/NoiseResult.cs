using System.Security.Cryptography;
using Nashi.Encoding;

namespace Nashi.SecretStream;

/// <summary>What a completed handshake agreed on. Dispose it to wipe the keys.</summary>
public sealed class NoiseResult : IDisposable
{
    private readonly byte[] _hash;

    // Pinned so that the collector leaves no copies behind when it compacts.
    private readonly byte[] _keys = GC.AllocateArray<byte>(2 * Bytes32.Size, pinned: true);

    /// <summary>Copies the parts.</summary>
    /// <exception cref="ArgumentException">The hash is not 64 bytes or a key not 32.</exception>
    public NoiseResult(
        bool isInitiator, PublicKey localPublicKey, PublicKey remotePublicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> transmitKey, ReadOnlySpan<byte> receiveKey)
    {
        if (hash.Length != 64) throw new ArgumentException("A handshake hash has 64 bytes.", nameof(hash));
        if (transmitKey.Length != Bytes32.Size) throw new ArgumentException("A key has 32 bytes.", nameof(transmitKey));
        if (receiveKey.Length != Bytes32.Size) throw new ArgumentException("A key has 32 bytes.", nameof(receiveKey));
        IsInitiator = isInitiator;
        LocalPublicKey = localPublicKey;
        RemotePublicKey = remotePublicKey;
        _hash = hash.ToArray();
        transmitKey.CopyTo(_keys);
        receiveKey.CopyTo(_keys.AsSpan(Bytes32.Size));
    }

    /// <summary>Whether this side sent the first handshake message.</summary>
    public bool IsInitiator { get; }

    /// <summary>Who we are.</summary>
    public PublicKey LocalPublicKey { get; }

    /// <summary>Who the remote proved to be.</summary>
    public PublicKey RemotePublicKey { get; }

    /// <summary>The 64-byte handshake hash: equal on both sides. Keep it between the two: the keys of unordered messages follow from it.</summary>
    public ReadOnlyMemory<byte> Hash => _hash;

    /// <summary>The 32-byte key for what we send. Secret.</summary>
    public ReadOnlySpan<byte> TransmitKey => _keys.AsSpan(0, Bytes32.Size);

    /// <summary>The 32-byte key for what we receive. Secret.</summary>
    public ReadOnlySpan<byte> ReceiveKey => _keys.AsSpan(Bytes32.Size);

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);

    /// <summary>The remote's key; never the secrets.</summary>
    public override string ToString() => $"handshake with {RemotePublicKey}";
}
