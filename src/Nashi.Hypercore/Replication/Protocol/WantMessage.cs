using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The body of WANT and UNWANT: a window of blocks to tell about, now and whenever it changes.</summary>
/// <param name="Start">First block.</param>
/// <param name="Length">Blocks.</param>
/// <param name="Any">One block of it is enough.</param>
internal readonly record struct WantMessage(ulong Start, ulong Length, bool Any)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out WantMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!(reader.TryReadUInt(out var start) && reader.TryReadUInt(out var length))) return false;
        var flags = 0UL;
        if (!reader.IsEmpty && !reader.TryReadUInt(out flags)) return false;
        message = new(start, length, (flags & 1) != 0);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Start);
        writer.WriteUInt(Length);
        if (Any) writer.WriteUInt(1);
    }
}
