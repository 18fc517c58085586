using Nashi.Encoding;

namespace Nashi.BlindPeer.Messages;

/// <summary>Asks to keep cores: the one message of the channel <c>blind-peer</c>. Source: data.md §10.3.</summary>
/// <param name="Referrer">The core whose key is the wake-up topic of the group they belong to.</param>
/// <param name="Priority">How much they matter; above 1 is for trusted peers.</param>
/// <param name="Announce">Whether to be found under their discovery keys; for trusted peers.</param>
/// <param name="Cores">Which.</param>
internal sealed record AddCoresMessage(CoreKey? Referrer, ulong Priority, bool Announce, IReadOnlyList<BlindCore> Cores)
{
    public const string Protocol = "blind-peer";

    public const int Type = 0;

    /// <summary>The reference sends some dozen.</summary>
    public const int MaxCores = 1024;

    private const int MinCoreSize = Bytes32.Size + 1;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AddCoresMessage message)
    {
        message = null!;
        var reader = new CompactReader(bytes);
        Bytes32 referrer = default;
        var priority = 0UL;
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0 && !reader.TryReadFixed32(out referrer)) return false;
        if ((flags & 2) != 0 && !reader.TryReadUInt(out priority)) return false;
        if (!reader.TryReadArrayLength(MinCoreSize, out var count) || count > MaxCores) return false;
        var cores = new BlindCore[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length)) return false;
            cores[i] = new(new CoreKey(key), length);
        }

        message = new((flags & 1) != 0 ? new CoreKey(referrer) : null, priority, (flags & 4) != 0, cores);
        return true;
    }

    public byte[] Encode()
    {
        var size = 1 + (Referrer is null ? 0 : Bytes32.Size) + CompactSize.UInt(Priority) + CompactSize.UInt((ulong)Cores.Count);
        foreach (var core in Cores) size += Bytes32.Size + CompactSize.UInt(core.Length);
        var bytes = new byte[size];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt((Referrer is null ? 0UL : 1) | (Priority == 0 ? 0UL : 2) | (Announce ? 4UL : 0));
        if (Referrer is { } referrer) writer.WriteFixed32(referrer.Value);
        if (Priority != 0) writer.WriteUInt(Priority);
        writer.WriteUInt((ulong)Cores.Count);
        foreach (var core in Cores)
        {
            writer.WriteFixed32(core.Key.Value);
            writer.WriteUInt(core.Length);
        }

        return bytes[..writer.Written];
    }
}
