using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A member's answer on the wire. Source: data.md §10.1.</summary>
/// <param name="RequestId">Which request it answers.</param>
/// <param name="Payload">Encrypted for who made the request.</param>
internal sealed record PairingResponse(Bytes32 RequestId, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PairingResponse? response)
    {
        response = null;
        if (bytes.Length > PairingRequest.MaxSize) return false;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadFixed32(out var id) || !reader.TryReadBuffer(out var payload)) return false;
        response = new PairingResponse(id, payload.ToArray());
        return true;
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Bytes32.Size + CompactSize.Buffer(Payload.Length)];
        var writer = new CompactWriter(bytes);
        writer.WriteFixed32(RequestId);
        writer.WriteBuffer(Payload.Span);
        return bytes;
    }
}
