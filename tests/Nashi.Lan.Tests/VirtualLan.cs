using System.Net;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Lan.Protocol;

namespace Nashi.Lan.Tests;

/// <summary>One link with hosts on it, in virtual time. Everything random comes from the seed.</summary>
internal sealed class VirtualLan(ulong seed, double loss = 0)
{
    public const int LinkIndex = 7;

    private readonly SeededRandom _random = new(seed);
    private readonly PriorityQueue<(Host To, byte[] Bytes, UdpAddress From), (Instant At, long Order)> _flying = new();
    private long _order;

    public ulong Seed => seed;

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1_000);

    public List<Host> Hosts { get; } = [];

    public long Multicasts { get; private set; }

    /// <summary>Every datagram that was sent to all, with its time and sender.</summary>
    public List<(Instant At, Host? From, byte[] Bytes)> Log { get; } = [];

    public Host Add(LanOptions? options = null)
    {
        var host = new Host(this, Hosts.Count + 1, (options ?? LanOptions.Default) with { Random = new SeededRandom(((IRandom)_random).NextUInt64()) });
        Hosts.Add(host);
        host.Core.SetLink(LinkIndex, [host.Address], Now);
        Flush(host);
        return host;
    }

    /// <summary>Unplugs a host without a word.</summary>
    public void Remove(Host host) => Hosts.Remove(host);

    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (true)
        {
            var next = _flying.TryPeek(out _, out var first) ? first.At : Instant.Never;
            foreach (var host in Hosts) next = Instant.Min(next, host.Core.NextTimeout);
            if (next > end) break;
            Now = Instant.Max(Now, next);
            while (_flying.TryPeek(out _, out var due) && due.At <= Now) Deliver();
            foreach (var host in Hosts.Where(host => host.Core.NextTimeout <= Now).ToArray())
            {
                host.Core.HandleTimeout(Now);
                Flush(host);
            }
        }

        Now = end;
    }

    /// <summary>A stranger's datagram to everybody.</summary>
    public void Inject(byte[] bytes, UdpAddress from)
    {
        foreach (var host in Hosts)
        {
            host.Core.Receive(LinkIndex, bytes, from, Now);
            Flush(host);
        }
    }

    public void Flush(Host host)
    {
        while (host.Core.TryTakeDatagram(Now, out _, out var datagram))
        {
            if (datagram.To is { } one) host.Unicasts.Add((one, datagram.Bytes));
            else SendToAll(host, datagram.Bytes);
        }

        while (host.Core.TryTakeEvent(out var found)) host.Found.Add(found);
    }

    private void SendToAll(Host from, byte[] bytes)
    {
        Multicasts++;
        Log.Add((Now, from, bytes));
        // The sender hears itself, as on a real system.
        foreach (var to in Hosts)
        {
            if (to != from && ((IRandom)_random).NextDouble() < loss) continue;
            var delay = TimeSpan.FromMicroseconds(to == from ? 1 : 100 + ((IRandom)_random).Next(900));
            _flying.Enqueue((to, bytes, from.Source), (Now + delay, _order++));
        }
    }

    private void Deliver()
    {
        var (to, bytes, from) = _flying.Dequeue();
        if (!Hosts.Contains(to)) return;
        to.Core.Receive(LinkIndex, bytes, from, Now);
        Flush(to);
    }

    internal sealed class Host
    {
        private readonly VirtualLan _lan;

        public Host(VirtualLan lan, int number, LanOptions options)
        {
            _lan = lan;
            Address = new IPAddress([169, 254, (byte)(number / 200), (byte)(1 + (number % 200))]);
            Source = UdpAddress.From(new IPEndPoint(Address, LanOptions.DefaultPort));
            DhtPort = 40_000 + number;
            Core = new LanCore(options, DhtPort);
        }

        public IPAddress Address { get; }

        public UdpAddress Source { get; }

        public int DhtPort { get; }

        public LanCore Core { get; }

        public List<LanEvent> Found { get; } = [];

        public List<(UdpAddress To, byte[] Bytes)> Unicasts { get; } = [];

        public UdpAddress DhtAddress => Source.WithPort(DhtPort);

        public LinkCore Link => Core.Links[LinkIndex];

        public IEnumerable<UdpAddress> NodesFound => Found.Where(found => found.Target is null).Select(found => found.Peer.Address).Distinct();

        public void Offer(LanTarget target, PublicKey? key)
        {
            Core.TryOffer(target, key, _lan.Now);
            _lan.Flush(this);
        }

        public void Withdraw(LanTarget target, PublicKey? key)
        {
            Core.Withdraw(target, key, _lan.Now);
            _lan.Flush(this);
        }

        public void Want(LanTarget target)
        {
            Core.TryWant(target, _lan.Now);
            _lan.Flush(this);
        }

        public void Close()
        {
            Core.Close();
            _lan.Flush(this);
        }

        public IReadOnlyList<LanPeer> FoundFor(LanTarget target) => [.. Found.Where(found => found.Target == target).Select(found => found.Peer).Distinct()];
    }
}
