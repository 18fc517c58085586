using Nashi.Encoding;

namespace Nashi.Protomux.Rpc;

/// <summary>How a <see cref="MuxRpc"/> behaves, and how much a remote can make it hold.</summary>
public sealed record RpcOptions
{
    /// <summary>The longest name of a method, in bytes of UTF-8.</summary>
    public const int MaxMethodSize = 1024;

    /// <summary>The longest text of an error, in bytes of UTF-8. Ours are cut there.</summary>
    public const int MaxErrorTextSize = 64 * 1024;

    /// <summary>The defaults.</summary>
    public static RpcOptions Default { get; } = new();

    /// <summary>The channel's protocol name. Default "protomux-rpc".</summary>
    public string Protocol { get; init; } = "protomux-rpc";

    /// <summary>Tells several on one connection apart. Default none.</summary>
    public ReadOnlyMemory<byte>? Id { get; init; }

    /// <summary>Bytes that go to the remote with the open. Default none.</summary>
    public ReadOnlyMemory<byte> Handshake { get; init; }

    /// <summary>Decides on the remote's handshake; false, or failing, closes the channel. Default: every one is fine.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? VerifyHandshake { get; init; }

    /// <summary>
    /// A key that both sides must prove to know, in the place of <see cref="Handshake"/> and <see cref="VerifyHandshake"/>: see
    /// <see cref="ConnectionCapability"/>. Default none.
    /// </summary>
    public Bytes32? CapabilityKey { get; init; }

    /// <summary>How long a request may take unless it says otherwise. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of our requests may be under way at once. Default 256. Others wait for their turn.</summary>
    public int MaxRequests { get; init; } = 256;

    /// <summary>How many of our requests may wait for their turn. Default 4096. Others fail.</summary>
    public int MaxWaitingRequests { get; init; } = 4096;

    /// <summary>How many of the remote's requests are handled at once. Default 256. Others are queued.</summary>
    public int MaxHandlers { get; init; } = 256;

    /// <summary>How many of the remote's requests may be queued. Default 4096. Others are refused; events are dropped.</summary>
    public int MaxQueuedRequests { get; init; } = 4096;

    /// <summary>How many bytes of the remote's requests may be queued or handled at once. Default 16 MiB.</summary>
    public int MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The longest value in either direction, in bytes. Default 8 MiB.</summary>
    public int MaxValueSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Whether the remote is told the message of any exception that a handler throws, as the reference does. Default false: only
    /// <see cref="RpcFaultException"/> is meant for others.
    /// </summary>
    public bool RevealsFailures { get; init; }

    /// <summary>The clock of deadlines. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal RpcOptions Validate()
    {
        if (RequestTimeout != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero, nameof(RequestTimeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRequests);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxWaitingRequests);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxHandlers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedRequests);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxValueSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxValueSize, Channel.MaxPayloadSize - MaxMethodSize - 12);
        return this;
    }
}
