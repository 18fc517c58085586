using Nashi.Protomux.Protocol;
using Nashi.SecretStream;

namespace Nashi.Protomux;

/// <summary>One protocol's messages on a shared connection. Thread-safe.</summary>
/// <remarks>Made by <see cref="Mux.TryOpen"/>; messages may be sent at once, before the remote has opened its side.</remarks>
public sealed class Channel
{
    /// <summary>The longest payload of one message, in bytes.</summary>
    public const int MaxPayloadSize = IMessageStream.MaxMessageSize - 18;

    internal Channel(Mux mux, ChannelOptions options)
    {
        Mux = mux;
        Options = options;
    }

    /// <summary>The connection it belongs to.</summary>
    public Mux Mux { get; }

    /// <summary>The protocol's name.</summary>
    public string Protocol => Options.Protocol;

    /// <summary>What tells it from other channels of the protocol; null for none.</summary>
    public ReadOnlyMemory<byte>? Id => Options.Id;

    /// <summary>Whether both sides opened it; stays true after closing.</summary>
    public bool IsOpened => State is { IsOpened: true };

    /// <summary>Whether it closed: nothing can be sent any more.</summary>
    public bool IsClosed => State is { IsClosed: true };

    internal ChannelOptions Options { get; }

    internal MuxChannel? State { get; set; }

    /// <summary>Sends one message, copying it.</summary>
    /// <param name="type">The message's number, zero or more.</param>
    /// <param name="payload">At most <see cref="MaxPayloadSize"/> bytes.</param>
    /// <returns>False when sending should wait for <see cref="IChannelHandler.OnDrain"/> (the message is queued), or when closed (it is dropped).</returns>
    public bool Send(int type, ReadOnlySpan<byte> payload) => Mux.Send(this, type, payload);

    /// <summary>Holds messages of the whole connection back to send them as one frame; nests. Pair each with <see cref="Uncork"/>.</summary>
    public void Cork() => Mux.Cork();

    /// <summary>Ends one <see cref="Cork"/>.</summary>
    public void Uncork() => Mux.Uncork();

    /// <summary>Closes it and tells the remote. Idempotent.</summary>
    public void Close() => Mux.Close(this);

    /// <summary>Protocol and state.</summary>
    public override string ToString() => $"{Protocol} ({(IsClosed ? "closed" : IsOpened ? "open" : "opening")})";
}
