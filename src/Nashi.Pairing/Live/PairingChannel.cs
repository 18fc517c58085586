using Nashi.Protomux;

namespace Nashi.Pairing;

/// <summary>The channel of one topic on one connection. Source: data.md §10.2.</summary>
internal sealed class PairingChannel(PairingTopic topic) : IChannelHandler
{
    public const int Request = 0;
    public const int Response = 1;

    // Set under the topic's lock, before any event.
    public Channel? Channel { get; set; }

    public bool IsOpen => Channel is { IsOpened: true, IsClosed: false };

    public void Send(int type, ReadOnlySpan<byte> payload) => _ = Channel!.Send(type, payload);

    public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake) => topic.HandleOpen(this);

    public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
    {
        topic.HandleMessage(this, type, payload);
        return default;
    }

    public void OnDrain(Channel channel)
    {
        // Messages are few: there is nothing to hold back.
    }

    public void OnClose(Channel channel, bool isRemote)
    {
        if (Channel is not null) topic.HandleClose(this);
    }
}
