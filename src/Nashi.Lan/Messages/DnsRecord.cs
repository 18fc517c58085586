using System.Net;

namespace Nashi.Lan.Messages;

/// <summary>A record: what a name stands for, and for how long.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Type">What kind.</param>
/// <param name="TimeToLive">Seconds it holds; zero takes it back.</param>
/// <param name="Data">The content of kinds without names in them; empty for PTR and SRV.</param>
internal sealed record DnsRecord(DnsName Name, DnsType Type, uint TimeToLive, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether nobody else has such a record, so that it replaces older ones (the cache-flush bit).</summary>
    public bool IsUnique { get; init; }

    /// <summary>The name a PTR or SRV leads to.</summary>
    public DnsName? Target { get; init; }

    /// <summary>The port of an SRV.</summary>
    public int Port { get; init; }

    /// <summary>Makes a PTR.</summary>
    public static DnsRecord Pointer(DnsName name, uint timeToLive, DnsName target) => new(name, DnsType.Ptr, timeToLive, default) { Target = target };

    /// <summary>Makes an SRV, which is unique.</summary>
    public static DnsRecord Service(DnsName name, uint timeToLive, DnsName host, int port) =>
        new(name, DnsType.Srv, timeToLive, default) { Target = host, Port = port, IsUnique = true };

    /// <summary>Makes a TXT, which is unique.</summary>
    public static DnsRecord Text(DnsName name, uint timeToLive, ReadOnlyMemory<byte> strings) => new(name, DnsType.Txt, timeToLive, strings) { IsUnique = true };

    /// <summary>Makes an A or AAAA, which is unique.</summary>
    public static DnsRecord Address(DnsName name, uint timeToLive, IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return new(name, bytes.Length == 4 ? DnsType.A : DnsType.Aaaa, timeToLive, bytes) { IsUnique = true };
    }

    /// <summary>Whether both say the same, however long it holds.</summary>
    public bool SaysTheSameAs(DnsRecord other) =>
        Type == other.Type && Name.Equals(other.Name) && Port == other.Port && Equals(Target, other.Target) && Data.Span.SequenceEqual(other.Data.Span);
}
