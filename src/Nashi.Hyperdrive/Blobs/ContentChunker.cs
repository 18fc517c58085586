namespace Nashi.Hyperdrive.Blobs;

/// <summary>Cuts bytes where their content says so: the same content gives the same chunks wherever it lies.</summary>
/// <remarks>
/// A Rabin fingerprint over a window of 64 bytes, a cut where its low 20 bits are zero, chunks of 512 KiB to 8 MiB: the parameters of the reference's
/// stager, so that both find the same chunks. The fingerprint only depends on the last 64 bytes, so the first part of each chunk is not looked at.
/// </remarks>
internal sealed class ContentChunker
{
    public const int MinSize = 512 * 1024;
    public const int MaxSize = 8 * 1024 * 1024;

    private const int Window = 64;
    private const int Degree = 53;
    private const ulong Polynomial = 0x3DA3358B4DC173;
    private const ulong Mask = (1 << 20) - 1;

    private static readonly ulong[] Leaving = MakeLeaving();
    private static readonly ulong[] Folding = MakeFolding();

    private readonly byte[] _window = new byte[Window];
    private int _at;
    private int _count;
    private ulong _digest;

    /// <summary>How many bytes of the input belong to the chunk in progress; <paramref name="isCut"/> when it ends there.</summary>
    public int Scan(ReadOnlySpan<byte> input, out bool isCut)
    {
        isCut = false;
        var i = Math.Clamp(MinSize - Window - _count, 0, input.Length);
        _count += i;
        var (digest, at, count) = (_digest, _at, _count);
        for (; i < input.Length && !isCut; i++)
        {
            var next = input[i];
            digest ^= Leaving[_window[at]];
            _window[at] = next;
            at = (at + 1) & (Window - 1);
            digest = ((digest << 8) | next) ^ Folding[(byte)(digest >> (Degree - 8))];
            isCut = ++count >= MinSize && ((digest & Mask) == 0 || count >= MaxSize);
        }

        (_digest, _at, _count) = (digest, at, count);
        if (isCut) Reset();
        return i;
    }

    private void Reset()
    {
        (_digest, _at, _count) = (0, 0, 0);
        Array.Clear(_window);
    }

    private static ulong Reduce(ulong value)
    {
        while (value >> Degree != 0) value ^= Polynomial << (63 - System.Numerics.BitOperations.LeadingZeroCount(value) - Degree);
        return value;
    }

    // What a byte adds to the fingerprint by the time it leaves the window.
    private static ulong[] MakeLeaving()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = (ulong)i;
            for (var step = 0; step < Window - 1; step++) value = Reduce(value << 8);
            table[i] = value;
        }

        return table;
    }

    // What the eight bits above the degree turn into, and those bits themselves to cancel them.
    private static ulong[] MakeFolding()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++) table[i] = Reduce((ulong)i << Degree) | ((ulong)i << Degree);
        return table;
    }
}
