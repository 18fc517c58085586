using Nashi.Datagrams;

namespace Nashi.Dht.Rpc;

/// <summary>
/// How much is sent to a host that may not have asked: its address could be forged to have us flood it. Beyond a first allowance each second it gets
/// at most three times what came in its name, and at most so much in a minute. Who shows a token has proven itself and is not counted.
/// </summary>
/// <remarks>Pure and bounded: at most <see cref="MaxHosts"/> hosts are remembered; when the house is full, strangers share one account. Source: threats.md §3 row 5, §4 S3.</remarks>
internal sealed class ResponseBudget
{
    /// <summary>How many hosts are remembered.</summary>
    public const int MaxHosts = 8192;

    /// <summary>Bytes a host gets each second whatever it sent.</summary>
    public const int FreePerSecond = 1200;

    /// <summary>Bytes a host gets in a minute.</summary>
    public const int PerMinute = 64 * 1024;

    private const int Factor = 3;
    private const int HeaderBytes = 28; // IP and UDP: both directions pay them.

    // A look through a full house takes time: not for each stranger anew.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<UdpAddress, Account> _hosts = [];
    private Instant _sweepsAt;

    /// <summary>Takes a response's bytes from the account of a host.</summary>
    /// <returns>False when the response must not be sent.</returns>
    public bool TrySpend(UdpAddress to, int requestBytes, int responseBytes, Instant now)
    {
        if (to.IPv4 >> 24 == 127) return true; // Nobody far away can forge the loopback.
        var host = to.WithPort(0);
        if (_hosts.Count >= MaxHosts && !_hosts.ContainsKey(host)) MakeRoom(now, ref host);
        var account = (_hosts.GetValueOrDefault(host) ?? new(now, now, 0, 0, 0)).At(now);
        var received = account.Received + requestBytes + HeaderBytes;
        var sent = account.Sent + responseBytes + HeaderBytes;
        var fits = sent <= FreePerSecond + (Factor * received) && account.SentInMinute + responseBytes <= PerMinute;
        _hosts[host] = fits
            ? account with { Received = received, Sent = sent, SentInMinute = account.SentInMinute + responseBytes }
            : account with { Received = received };
        return fits;
    }

    private void MakeRoom(Instant now, ref UdpAddress host)
    {
        if (now >= _sweepsAt)
        {
            _sweepsAt = now + SweepEvery;
            foreach (var (known, account) in _hosts)
            {
                if (now - account.Minute > TimeSpan.FromMinutes(1)) _hosts.Remove(known);
            }
        }

        if (_hosts.Count >= MaxHosts) host = default;
    }

    private sealed record Account(Instant Second, Instant Minute, int Received, int Sent, int SentInMinute)
    {
        public Account At(Instant now)
        {
            var account = now - Minute >= TimeSpan.FromMinutes(1) ? this with { Minute = now, SentInMinute = 0 } : this;
            return now - Second >= TimeSpan.FromSeconds(1) ? account with { Second = now, Received = 0, Sent = 0 } : account;
        }
    }
}
