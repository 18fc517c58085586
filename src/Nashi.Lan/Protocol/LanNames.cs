using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>The fixed names.</summary>
internal static class LanNames
{
    /// <summary>The parent of all.</summary>
    public static DnsName Local { get; } = DnsName.Of("local");

    /// <summary>The service every instance is one of.</summary>
    public static DnsName Service { get; } = DnsName.Of("_nashi", "_udp", "local");

    /// <summary>Under which browsers list the services of a network: RFC 6763 §9.</summary>
    public static DnsName Services { get; } = DnsName.Of("_services", "_dns-sd", "_udp", "local");
}
