using Nashi.Datagrams;

namespace Nashi.Dht.Rpc;

/// <summary>How a request is answered.</summary>
internal sealed record RpcAnswer
{
    /// <summary>What to say.</summary>
    public byte[]? Value { get; init; }

    /// <summary>What went wrong.</summary>
    public ulong Error { get; init; }

    /// <summary>Whether to give out a token.</summary>
    public bool WithToken { get; init; }

    /// <summary>Whether to name nodes nearer to the target.</summary>
    public bool WithCloser { get; init; }

    /// <summary>Whether to tell the own id. Default: yes.</summary>
    public bool WithId { get; init; } = true;

    /// <summary>Whether it passes on a peer's message, which has its own budget.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Where to; null for who asked.</summary>
    public UdpAddress? To { get; init; }

    /// <summary>From which socket; null for the one that was asked.</summary>
    public object? Socket { get; init; }
}
