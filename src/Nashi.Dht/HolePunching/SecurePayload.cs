using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>Seals and opens the punch messages of one handshake, and makes its address tokens. Source: network.md §3.8.</summary>
/// <remarks>The key follows from the handshake hash, so the nodes that relay the messages learn nothing from them and cannot forge any.</remarks>
internal sealed class SecurePayload : IDisposable
{
    private static readonly Bytes32 Space = Namespaces.Derive("hyperswarm/dht", 1);

    private readonly byte[] _key = new byte[SecretBox.KeySize];
    private readonly byte[] _tokenSecret = new byte[Bytes32.Size];
    private readonly IRandom _random;

    /// <summary>Derives the key from the handshake hash.</summary>
    public SecurePayload(ReadOnlySpan<byte> handshakeHash, IRandom random)
    {
        _random = random;
        Blake2b.HashKeyed(handshakeHash, Space.AsSpan()).AsSpan().CopyTo(_key);
        random.Fill(_tokenSecret);
    }

    /// <summary>Seals a payload under a fresh random nonce.</summary>
    public byte[] Seal(PunchPayload payload)
    {
        var plain = payload.Encode();
        var sealedBytes = new byte[SecretBox.NonceSize + SecretBox.Overhead + plain.Length];
        var nonce = sealedBytes.AsSpan(0, SecretBox.NonceSize);
        _random.Fill(nonce);
        SecretBox.Encrypt(plain, nonce, _key, sealedBytes.AsSpan(SecretBox.NonceSize));
        return sealedBytes;
    }

    /// <summary>Opens what a peer sealed.</summary>
    /// <returns>Null when it is not authentic or malformed.</returns>
    public PunchPayload? TryOpen(ReadOnlySpan<byte> sealedBytes)
    {
        var length = sealedBytes.Length - SecretBox.NonceSize - SecretBox.Overhead;
        if (length <= 0) return null;
        var plain = new byte[length];
        return SecretBox.TryDecrypt(sealedBytes[SecretBox.NonceSize..], sealedBytes[..SecretBox.NonceSize], _key, plain)
            ? PunchPayload.TryDecode(plain)
            : null;
    }

    /// <summary>The token that proves, once echoed over another way, that the peer really is at this host.</summary>
    public Bytes32 TokenFor(UdpAddress host) =>
        Blake2b.HashKeyed(_tokenSecret, System.Text.Encoding.ASCII.GetBytes(host.ToIPAddress().ToString()));

    /// <summary>Wipes the secrets.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_tokenSecret);
    }
}
