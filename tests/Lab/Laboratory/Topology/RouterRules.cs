using System.Net;

namespace Nashi.Laboratory.Topology;

/// <summary>
/// A router as rules of nftables; its interfaces are called <c>wan</c> and <c>lan</c>.
/// Connection tracking alone is a NAT whose filtering depends on address and port. What the other kinds need more:
/// a mapping that does not depend on whom a host writes to is a keyed hash of the host's address and port, so no packet can race another for it;
/// a kind that lets strangers in looks up <c>inside</c>, which learns from every packet that leaves which host a port outside belongs to.
/// </summary>
internal static class RouterRules
{
    /// <summary>The chains that a rebinding replaces.</summary>
    private const string Tables = "add table ip nat\nadd table ip filter\n";

    /// <summary>Drops everything while mappings are forgotten: one packet between two steps would bring an old one back.</summary>
    public const string Freeze = "table ip frozen {\n chain everything { type filter hook prerouting priority -400; policy drop;\n }\n}";

    public const string Thaw = "delete table ip frozen";

    public static string For(RouterKind kind, IPAddress outside, uint salt) => kind.Behaviour switch
    {
        Behaviour.Open => Tables,
        Behaviour.Firewall => Tables + """
            table ip filter {
              chain forward { type filter hook forward priority 0; policy drop;
                ct state established,related accept
                iifname "lan" accept
              }
            }
            """,
        _ => Tables + State + Translation(kind, outside, salt) + Filter(kind),
    };

    /// <summary>All mappings are other ones from now on.</summary>
    public static string Rebind(RouterKind kind, IPAddress outside, uint salt) =>
        "flush map ip nat inside\nflush set ip nat written\nflush chain ip nat arriving\nflush chain ip nat leaving\n" + Translation(kind, outside, salt);

    // A mapping that nobody uses is forgotten, as by real routers, after minutes.
    private const string State = """
        table ip nat {
          map inside {
            type inet_service : ipv4_addr . inet_service
            size 65535
            flags dynamic,timeout
            timeout 5m
          }
          set written {
            type inet_service . ipv4_addr
            size 65535
            flags dynamic,timeout
            timeout 5m
          }
          chain learning { type filter hook postrouting priority 200; policy accept;
            oifname "wan" meta l4proto udp ct direction original update @inside { udp sport : ct original ip saddr . ct original proto-src }
            oifname "wan" meta l4proto udp update @written { udp sport . ip daddr }
          }
        }

        """;

    private static string Translation(RouterKind kind, IPAddress outside, uint salt)
    {
        List<string> arriving = [], leaving = [];
        var mapped = Mapping(kind.Behaviour, outside, salt);
        if (kind.Behaviour == Behaviour.FullCone) arriving.Add("iifname \"wan\" meta l4proto udp dnat to udp dport map @inside");
        if (kind.Behaviour == Behaviour.AddressRestricted) arriving.Add("iifname \"wan\" udp dport . ip saddr @written dnat to udp dport map @inside");
        if (kind.Hairpins)
        {
            // Seen from the outside on both ends: the answer must come back through the router too.
            arriving.Add($"iifname \"lan\" ip daddr {outside} meta l4proto udp dnat to udp dport map @inside");
            leaving.Add($"oifname \"lan\" ct status dnat meta l4proto udp {mapped}");
        }

        leaving.Add($"oifname \"wan\" meta l4proto udp {mapped}");
        leaving.Add("oifname \"wan\" masquerade");
        return $$"""
            table ip nat {
              chain arriving { type nat hook prerouting priority dstnat; policy accept;
                {{string.Join("\n    ", arriving)}}
              }
              chain leaving { type nat hook postrouting priority srcnat; policy accept;
                {{string.Join("\n    ", leaving)}}
              }
            }

            """;
    }

    private static string Mapping(Behaviour behaviour, IPAddress outside, uint salt) => behaviour switch
    {
        Behaviour.FullCone or Behaviour.AddressRestricted or Behaviour.PortRestricted =>
            $"snat to {outside} : jhash ip saddr . udp sport mod 60000 seed {salt} offset 2000",
        Behaviour.Symmetric => $"snat to {outside}:2000-65000 fully-random",
        _ => $"snat to {outside}",
    };

    private static string Filter(RouterKind kind) => $$"""
        table ip filter {
          counter hairpin { }
          chain input { type filter hook input priority 0; policy accept;
            ct state established,related accept
            # Without this the kernel would remember a stranger's packet as a connection, and the port it came to as taken.
            meta l4proto udp drop
          }
          chain forward { type filter hook forward priority 0; policy drop;
            {{(kind.Behaviour == Behaviour.NoUdp ? "meta l4proto udp drop" : "")}}
            iifname "lan" oifname "lan" ct status dnat counter name hairpin accept
            ct state established,related accept
            iifname "lan" oifname "wan" accept
            iifname "wan" oifname "lan" ct status dnat accept
          }
        }

        """;
}
