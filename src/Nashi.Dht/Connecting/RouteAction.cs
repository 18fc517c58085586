using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>One decision of the <see cref="PeerRouter"/>.</summary>
/// <param name="Verb">What to do.</param>
/// <param name="Value">The value to send, where there is one.</param>
/// <param name="To">Where to send it.</param>
internal readonly record struct RouteAction(RouteVerb Verb, byte[]? Value = null, UdpAddress To = default)
{
    /// <summary>Do nothing.</summary>
    public static RouteAction Drop => default;
}
