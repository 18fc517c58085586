namespace Nashi.Protomux;

/// <summary>Receives what happens on one channel. All calls of one mux come one at a time.</summary>
/// <remarks>
/// A handler that throws closes the whole connection, unless its channel is closed already. While a call runs no other message of the connection is
/// delivered: start long work elsewhere. Never wait inside a call for something that only another message of the same connection can bring.
/// </remarks>
public interface IChannelHandler
{
    /// <summary>Both sides opened the channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="handshake">What the remote sent with its open; valid during the call. A stranger's bytes.</param>
    void OnOpen(Channel channel, ReadOnlySpan<byte> handshake);

    /// <summary>A message arrived.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="type">The message's number; ignore those you don't know.</param>
    /// <param name="payload">A stranger's bytes, valid until the returned task completes.</param>
    ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload);

    /// <summary>Sending may go on after <see cref="Channel.Send"/> said to wait.</summary>
    void OnDrain(Channel channel);

    /// <summary>The channel closed: always the last call, and made exactly once, also when it never opened.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="isRemote">True when the remote closed or rejected it, or the connection ended.</param>
    void OnClose(Channel channel, bool isRemote);
}
