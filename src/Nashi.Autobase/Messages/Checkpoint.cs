using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>What an indexer signed: the system core, the encryption core, and the user's views in the system's order.</summary>
internal sealed record Checkpoint : IMessage<Checkpoint>
{
    private const ulong HasSystem = 1;
    private const ulong HasEncryption = 2;
    private const ulong HasUser = 4;

    public ViewCheckpoint? System { get; init; }

    public ViewCheckpoint? Encryption { get; init; }

    /// <summary>The views by their index in the system; null says less than empty: nothing was written about views.</summary>
    public IReadOnlyList<ViewCheckpoint>? User { get; init; }

    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out Checkpoint message)
    {
        message = null;
        if (!reader.TryReadUInt(out var flags)) return false;
        if (!TryReadOne(ref reader, (flags & HasSystem) != 0, out var system)) return false;
        if (!TryReadOne(ref reader, (flags & HasEncryption) != 0, out var encryption)) return false;
        ViewCheckpoint[]? user = null;
        if ((flags & HasUser) != 0 && !reader.TryReadList(1, out user)) return false;
        message = new() { System = system, Encryption = encryption, User = user };
        return true;
    }

    /// <summary>Reads the list of oplog versions 0 and 1, whose first entry is the system.</summary>
    public static bool TryReadLegacy(ref CompactReader reader, [MaybeNullWhen(false)] out Checkpoint message)
    {
        message = null;
        if (!reader.TryReadArrayLength(1, out var count)) return false;
        var all = new ViewCheckpoint[count];
        for (var i = 0; i < count; i++)
        {
            if (!ViewCheckpoint.TryReadLegacy(ref reader, out all[i])) return false;
        }

        message = new() { System = count == 0 ? null : all[0], User = count == 0 ? [] : all[1..] };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((System is null ? 0 : HasSystem) | (Encryption is null ? 0 : HasEncryption) | (User is null ? 0 : HasUser));
        System?.Write(ref writer);
        Encryption?.Write(ref writer);
        if (User is not null) writer.WriteList(User);
    }

    private static bool TryReadOne(ref CompactReader reader, bool isPresent, out ViewCheckpoint? checkpoint)
    {
        checkpoint = null;
        if (!isPresent) return true;
        if (!ViewCheckpoint.TryRead(ref reader, out var read)) return false;
        checkpoint = read;
        return true;
    }
}
