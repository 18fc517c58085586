using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A candidate's request on the wire. Source: data.md §10.1.</summary>
/// <param name="InviteId">Which invite it uses.</param>
/// <param name="Session">What the request is known by; usually 32 bytes.</param>
/// <param name="Auth">Encrypted for who knows the invite.</param>
internal sealed record PairingRequest(Bytes32 InviteId, ReadOnlyMemory<byte> Session, ReadOnlyMemory<byte> Auth)
{
    /// <summary>The longest request that is looked at, in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PairingRequest? request)
    {
        request = null;
        if (bytes.Length > MaxSize) return false;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed32(out var inviteId) || !reader.TryReadBuffer(out var session) || !reader.TryReadBuffer(out var auth)) return false;
        if (session.Length != Bytes32.Size) return false;
        request = new PairingRequest(inviteId, session.ToArray(), auth.ToArray());
        return true;
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Bytes32.Size + CompactSize.Buffer(Session.Length) + CompactSize.Buffer(Auth.Length)];
        var writer = new CompactWriter(bytes);
        writer.WriteFixed32(InviteId);
        writer.WriteBuffer(Session.Span);
        writer.WriteBuffer(Auth.Span);
        return bytes;
    }
}
