using System.Diagnostics.CodeAnalysis;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>Proof that whoever had user data held an invite: what a member may keep, or write into the log, of a request. Source: data.md §10.1.</summary>
/// <param name="Session">The request.</param>
/// <param name="Signature">Over session and user data, by the invite's key; 64 bytes.</param>
/// <param name="UserData">What the candidate said of itself.</param>
public sealed record PairingReceipt(Bytes32 Session, ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> UserData)
{
    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PairingReceipt? receipt)
    {
        receipt = null;
        if (bytes.Length > PairingRequest.MaxSize) return false;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed32(out var session) || !reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
        if (!reader.TryReadBuffer(out var userData)) return false;
        receipt = new PairingReceipt(session, signature.ToArray(), userData.ToArray());
        return true;
    }

    /// <summary>The receipt's bytes.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Bytes32.Size + Ed25519.SignatureSize + CompactSize.Buffer(UserData.Length)];
        var writer = new CompactWriter(bytes);
        writer.WriteFixed32(Session);
        writer.WriteFixed(Signature.Span);
        writer.WriteBuffer(UserData.Span);
        return bytes;
    }

    /// <summary>Whether the invite's holder signed it.</summary>
    public bool IsOf(PublicKey invite) => Ed25519.Verify(Signable(Session, UserData.Span), Signature.Span, invite);

    /// <summary>What is signed: the namespace, the session and the user data.</summary>
    internal static byte[] Signable(in Bytes32 session, ReadOnlySpan<byte> userData)
    {
        var bytes = new byte[Bytes32.Size + CompactSize.Buffer(Bytes32.Size) + CompactSize.Buffer(userData.Length)];
        var writer = new CompactWriter(bytes);
        writer.WriteFixed32(PairingHashes.SignatureSpace);
        writer.WriteBuffer(session.AsSpan());
        writer.WriteBuffer(userData);
        return bytes;
    }
}
