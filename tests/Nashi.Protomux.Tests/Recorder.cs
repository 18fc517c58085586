using System.Threading.Channels;

namespace Nashi.Protomux.Tests;

/// <summary>A handler that keeps what it is told, and does what the test says.</summary>
internal sealed class Recorder : IChannelHandler
{
    private readonly Channel<string> _events = System.Threading.Channels.Channel.CreateUnbounded<string>();

    public Func<Channel, int, byte[], ValueTask>? Message { get; init; }

    public Action<Channel>? Opened { get; init; }

    public Action<Channel>? Drained { get; init; }

    public async Task<string> NextAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
    {
        Tell($"open {Convert.ToHexStringLower(handshake)}".TrimEnd());
        Opened?.Invoke(channel);
    }

    public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
    {
        Tell($"message {type} {(payload.Length > 100 ? payload.Length : Convert.ToHexStringLower(payload.Span))}".TrimEnd());
        return Message?.Invoke(channel, type, payload.ToArray()) ?? default;
    }

    public void OnDrain(Channel channel)
    {
        Tell("drain");
        Drained?.Invoke(channel);
    }

    public void OnClose(Channel channel, bool isRemote) => Tell(isRemote ? "close remote" : "close local");

    private void Tell(string what) => Assert.True(_events.Writer.TryWrite(what));
}
