namespace Nashi.Protomux.Protocol;

/// <summary>What the shell must do next.</summary>
internal enum MuxEventKind
{
    /// <summary>Both sides opened the channel; <see cref="MuxEvent.Payload"/> is the remote's handshake.</summary>
    Open,

    /// <summary>A message for the channel.</summary>
    Message,

    /// <summary>The channel closed.</summary>
    Close,

    /// <summary>The remote opened a channel that we have not: ask, then call <see cref="MuxCore.CompletePairing"/>.</summary>
    Pair,

    /// <summary>The remote broke the rules: close the connection with <see cref="MuxEvent.Reason"/>.</summary>
    Violation,

    /// <summary>A channel that was told to wait may send again.</summary>
    Drain,

    /// <summary>Inside the core only: the remote closed while messages before it were still queued.</summary>
    DeferredClose,
}
