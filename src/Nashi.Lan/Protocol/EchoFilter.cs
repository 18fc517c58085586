namespace Nashi.Lan.Protocol;

/// <summary>Knows our own multicasts when the system hands them back, as it does for the sake of other processes here.</summary>
/// <remarks>
/// Another process may send the very same bytes, so each of ours is passed over as often as it was sent and no more. Bounded: what does not come back
/// within a second never will.
/// </remarks>
internal sealed class EchoFilter
{
    private const int MaxExpected = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly List<(ulong Digest, Instant Until)> _expected = [];

    /// <summary>A datagram is sent, and will come back.</summary>
    public void Expect(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (_expected.Count >= MaxExpected) _expected.RemoveAt(0);
        _expected.Add((Digest(datagram), now + Patience));
    }

    /// <summary>Whether a datagram is one of ours.</summary>
    public bool IsOwn(ReadOnlySpan<byte> datagram, Instant now)
    {
        _expected.RemoveAll(entry => now >= entry.Until);
        if (_expected.Count == 0) return false;
        var digest = Digest(datagram);
        var at = _expected.FindIndex(entry => entry.Digest == digest);
        if (at < 0) return false;
        _expected.RemoveAt(at);
        return true;
    }

    private static ulong Digest(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037ul;
        foreach (var b in bytes) hash = (hash ^ b) * 1099511628211ul;
        return hash;
    }
}
