using Nashi.Datagrams;

namespace Nashi.Dht.Records;

/// <summary>How many records each host has stored. As large as what it counts. Pure.</summary>
internal sealed class HostCounter(int max)
{
    private readonly Dictionary<UdpAddress, int> _counts = [];

    /// <summary>Counts one more.</summary>
    /// <returns>False when the host has as many as it may.</returns>
    public bool TryAdd(UdpAddress host)
    {
        var key = host.WithPort(0);
        var count = _counts.GetValueOrDefault(key);
        if (count >= max && key.IPv4 >> 24 != 127) return false;
        _counts[key] = count + 1;
        return true;
    }

    /// <summary>Counts one less.</summary>
    public void Remove(UdpAddress host)
    {
        var key = host.WithPort(0);
        var count = _counts.GetValueOrDefault(key);
        if (count <= 1) _counts.Remove(key);
        else _counts[key] = count - 1;
    }
}
