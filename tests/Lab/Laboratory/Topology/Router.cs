using System.Net;
using System.Text.Json;
using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Topology;

/// <summary>One router in a namespace of its own.</summary>
internal sealed class Router(NetSpace space, RouterKind kind, IPAddress outside, uint salt)
{
    private uint _salt = salt;

    public NetSpace Space => space;

    public void Start() => space.Nft(RouterRules.For(kind, outside, _salt));

    /// <summary>Forgets every mapping, as a router does that was switched off and on.</summary>
    public void Rebind()
    {
        if (!kind.Translates)
        {
            space.Command("conntrack", "-F");
            return;
        }

        space.Nft(RouterRules.Freeze);
        space.Command("conntrack", "-F");
        space.Nft(RouterRules.Rebind(kind, outside, ++_salt));
        space.Nft(RouterRules.Thaw);
    }

    /// <summary>Bytes looped back inside so far.</summary>
    public long HairpinBytes()
    {
        if (!kind.Hairpins) return 0;
        using var counters = JsonDocument.Parse(space.Command("nft", "-j", "list", "counters"));
        return counters.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("counter", out _)).Sum(item => item.GetProperty("counter").GetProperty("bytes").GetInt64());
    }
}
