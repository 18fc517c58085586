using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>An indexer's signature over a view core at a length, or how many blocks back that signature stands. Spec: data.md §7.2.</summary>
internal readonly record struct ViewCheckpoint : IMessage<ViewCheckpoint>
{
    public const int SignatureSize = 64;

    private const byte HasDistance = 1;
    private const byte HasSignature = 2;

    /// <summary>How many blocks before this one the signature stands; zero when it is here.</summary>
    public ulong Distance { get; init; }

    /// <summary>The signature, when it is here.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>The signed length, when the signature is here.</summary>
    public ulong Length { get; init; }

    public static bool TryRead(ref CompactReader reader, out ViewCheckpoint message)
    {
        message = default;
        if (!reader.TryReadByte(out var flags) || !reader.TryReadOptional((flags & HasDistance) != 0, out ulong distance)) return false;
        if ((flags & HasSignature) == 0)
        {
            message = new() { Distance = distance };
            return true;
        }

        return TryReadSigned(ref reader, distance, out message);
    }

    /// <summary>Reads the form of oplog versions 0 and 1: a distance, and when it is zero the signature.</summary>
    public static bool TryReadLegacy(ref CompactReader reader, out ViewCheckpoint message)
    {
        message = default;
        if (!reader.TryReadUInt(out var distance)) return false;
        if (distance == 0) return TryReadSigned(ref reader, 0, out message);
        message = new() { Distance = distance };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteByte((byte)((Distance == 0 ? 0 : HasDistance) | (Signature is null ? 0 : HasSignature)));
        if (Distance != 0) writer.WriteUInt(Distance);
        if (Signature is null) return;
        writer.WriteFixed(Signature);
        writer.WriteUInt(Length);
    }

    private static bool TryReadSigned(ref CompactReader reader, ulong distance, out ViewCheckpoint message)
    {
        message = default;
        if (!reader.TryReadFixed(SignatureSize, out var signature) || !reader.TryReadUInt(out var length)) return false;
        message = new() { Distance = distance, Signature = signature.ToArray(), Length = length };
        return true;
    }
}
