using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>A request to be sent, and who wants to know the answer.</summary>
internal sealed class RpcCall
{
    /// <summary>Whom to ask.</summary>
    public required UdpAddress To { get; init; }

    /// <summary>Which of the two command lists is meant.</summary>
    public bool IsInternal { get; init; }

    /// <summary>The command.</summary>
    public ulong Command { get; init; }

    /// <summary>What it is about.</summary>
    public Bytes32? Target { get; init; }

    /// <summary>What it carries.</summary>
    public byte[]? Value { get; init; }

    /// <summary>What <see cref="To"/> gave out before.</summary>
    public Bytes32? Token { get; init; }

    /// <summary>From which socket; null for the default one.</summary>
    public object? Socket { get; init; }

    /// <summary>How often it is repeated when no answer comes.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Whether it is sent even when too many others are on their way.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>Called once: with the answer, or with null when none came. Must return at once and not throw.</summary>
    public required Action<RpcReply?, Instant> Done { get; init; }

    /// <summary>Called when the first attempt was not answered in time.</summary>
    public Action<Instant>? Slow { get; init; }

    /// <summary>A ping.</summary>
    public static RpcCall Ping(UdpAddress to, Action<RpcReply?, Instant> done, object? socket = null, int retries = 3) =>
        new() { To = to, IsInternal = true, Command = InternalCommand.Ping, Socket = socket, Retries = retries, Done = done };
}
