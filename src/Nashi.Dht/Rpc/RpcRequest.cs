using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>A request as it travels. Source: network.md §2.1.</summary>
/// <param name="TransactionId">The asker's number for it.</param>
/// <param name="To">Where the sender believes the receiver is.</param>
/// <param name="Id">The sender's id, when it is persistent.</param>
/// <param name="Token">What the receiver gave out before, when something is to be stored.</param>
/// <param name="IsInternal">Which of the two command lists is meant.</param>
/// <param name="Command">The command.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Value">What it carries; null when nothing.</param>
internal sealed record RpcRequest(
    ushort TransactionId, UdpAddress To, Bytes32? Id, Bytes32? Token, bool IsInternal, ulong Command, Bytes32? Target, byte[]? Value)
{
    /// <summary>The first byte.</summary>
    public const byte Kind = 0x03;

    /// <summary>Reads a whole datagram, first byte included; what follows the fields is ignored.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> datagram, out RpcRequest request)
    {
        request = null!;
        var reader = new CompactReader(datagram);
        if (!reader.TryReadByte(out var kind) || kind != Kind || !reader.TryReadUInt(out var flags)) return false;
        if (!reader.TryReadUInt16(out var tid) || !AddressCodec.TryRead(ref reader, out var to)) return false;
        if (!RpcFields.TryReadOptional(ref reader, (flags & 1) != 0, out var id)) return false;
        if (!RpcFields.TryReadOptional(ref reader, (flags & 2) != 0, out var token)) return false;
        if (!reader.TryReadUInt(out var command)) return false;
        if (!RpcFields.TryReadOptional(ref reader, (flags & 8) != 0, out var target)) return false;
        if (!RpcFields.TryReadValue(ref reader, (flags & 16) != 0, out var value)) return false;
        request = new(tid, to, id, token, (flags & 4) != 0, command, target, value);
        return true;
    }

    /// <summary>How long the datagram is.</summary>
    public int EncodedSize => 10 + (Id is null ? 0 : 32) + (Token is null ? 0 : 32) + CompactSize.UInt(Command) + (Target is null ? 0 : 32)
        + (Value is null ? 0 : CompactSize.Buffer(Value.Length));

    /// <summary>The whole datagram.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[EncodedSize];
        var writer = new CompactWriter(bytes);
        writer.WriteByte(Kind);
        writer.WriteByte((byte)((Id is null ? 0 : 1) | (Token is null ? 0 : 2) | (IsInternal ? 4 : 0) | (Target is null ? 0 : 8) | (Value is null ? 0 : 16)));
        writer.WriteUInt16(TransactionId);
        AddressCodec.Write(ref writer, To);
        if (Id is { } id) writer.WriteFixed32(id);
        if (Token is { } token) writer.WriteFixed32(token);
        writer.WriteUInt(Command);
        if (Target is { } target) writer.WriteFixed32(target);
        if (Value is not null) writer.WriteBuffer(Value);
        return bytes;
    }
}
