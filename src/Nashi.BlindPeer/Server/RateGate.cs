using System.Net;

namespace Nashi.BlindPeer.Server;

/// <summary>How many cores each address asked for in this minute. No clock; not thread-safe.</summary>
internal sealed class RateGate(int perMinute)
{
    private const int MaxAddresses = 100_000;
    private const long Minute = 60_000;

    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _minute = long.MinValue;

    /// <summary>Counts what an address asks for; false when that is too much.</summary>
    public bool TryTake(IPAddress address, int count, long now)
    {
        if (now / Minute != _minute || _counts.Count >= MaxAddresses)
        {
            _minute = now / Minute;
            _counts.Clear();
        }

        var sum = (long)_counts.GetValueOrDefault(address) + count;
        _counts[address] = (int)Math.Min(sum, int.MaxValue);
        return sum <= perMinute;
    }
}
