using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>A response as it travels. Source: network.md §2.1.</summary>
/// <param name="TransactionId">The asker's number for it.</param>
/// <param name="To">Where the sender sees the asker.</param>
/// <param name="Id">The sender's id, when it is persistent.</param>
/// <param name="Token">To be shown when something is to be stored.</param>
/// <param name="Closer">Nodes nearer to the target.</param>
/// <param name="Error">Zero when all went well.</param>
/// <param name="Value">What it carries; null when nothing.</param>
internal sealed record RpcResponse(
    ushort TransactionId, UdpAddress To, Bytes32? Id, Bytes32? Token, IReadOnlyList<UdpAddress> Closer, ulong Error, byte[]? Value)
{
    /// <summary>The first byte.</summary>
    public const byte Kind = 0x13;

    /// <summary>How many nodes of one list are kept; honest nodes send 20.</summary>
    public const int MaxCloser = 20;

    /// <summary>Reads a whole datagram, first byte included; what follows the fields is ignored.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> datagram, out RpcResponse response)
    {
        response = null!;
        var reader = new CompactReader(datagram);
        if (!reader.TryReadByte(out var kind) || kind != Kind || !reader.TryReadUInt(out var flags)) return false;
        if (!reader.TryReadUInt16(out var tid) || !AddressCodec.TryRead(ref reader, out var to)) return false;
        if (!RpcFields.TryReadOptional(ref reader, (flags & 1) != 0, out var id)) return false;
        if (!RpcFields.TryReadOptional(ref reader, (flags & 2) != 0, out var token)) return false;
        IReadOnlyList<UdpAddress> closer = [];
        ulong error = 0;
        if ((flags & 4) != 0 && !TryReadCloser(ref reader, out closer)) return false;
        if ((flags & 8) != 0 && !reader.TryReadUInt(out error)) return false;
        if (!RpcFields.TryReadValue(ref reader, (flags & 16) != 0, out var value)) return false;
        response = new(tid, to, id, token, closer, error, value);
        return true;
    }

    /// <summary>How long the datagram is.</summary>
    public int EncodedSize => 10 + (Id is null ? 0 : 32) + (Token is null ? 0 : 32) + (Closer.Count == 0 ? 0 : AddressCodec.ListSize(Closer))
        + (Error == 0 ? 0 : CompactSize.UInt(Error)) + (Value is null ? 0 : CompactSize.Buffer(Value.Length));

    /// <summary>The whole datagram.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[EncodedSize];
        Encode(bytes);
        return bytes;
    }

    /// <summary>Writes the whole datagram, of <see cref="EncodedSize"/> bytes.</summary>
    public void Encode(Span<byte> bytes)
    {
        var writer = new CompactWriter(bytes);
        writer.WriteByte(Kind);
        writer.WriteByte((byte)((Id is null ? 0 : 1) | (Token is null ? 0 : 2) | (Closer.Count == 0 ? 0 : 4) | (Error == 0 ? 0 : 8) | (Value is null ? 0 : 16)));
        writer.WriteUInt16(TransactionId);
        AddressCodec.Write(ref writer, To);
        if (Id is { } id) writer.WriteFixed32(id);
        if (Token is { } token) writer.WriteFixed32(token);
        if (Closer.Count > 0) AddressCodec.WriteList(ref writer, Closer);
        if (Error != 0) writer.WriteUInt(Error);
        if (Value is not null) writer.WriteBuffer(Value);
    }

    private static bool TryReadCloser(ref CompactReader reader, out IReadOnlyList<UdpAddress> closer)
    {
        closer = [];
        if (!reader.TryReadArrayLength(AddressCodec.Size, out var count)) return false;
        var kept = new UdpAddress[Math.Min(count, MaxCloser)];
        for (var i = 0; i < count; i++)
        {
            if (!AddressCodec.TryRead(ref reader, out var address)) return false;
            if (i < kept.Length) kept[i] = address;
        }

        closer = kept;
        return true;
    }
}
