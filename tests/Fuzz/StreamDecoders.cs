using Nashi.Cryptography;
using Nashi.Protomux;
using Nashi.Protomux.Protocol;
using Nashi.SecretStream.Protocol;
using Nashi.Udx;
using Nashi.Udx.Protocol;

namespace Nashi.Fuzz;

/// <summary>Decoders with state: each input is a whole stranger's stream for a fresh one.</summary>
internal static class StreamDecoders
{
    private static readonly byte[] Hash = new byte[64];
    private static readonly UnorderedBox Box = new(Hash, isInitiator: true, SystemRandom.Instance);

    /// <summary>Frames cut from chunks as they come, and decrypted.</summary>
    public static bool SecretStream(byte[] bytes)
    {
        var input = new FrameBuffer();
        using var pull = new SecretStreamPull(new byte[32], new byte[24]);
        var opened = false;
        for (var at = 0; at < bytes.Length;)
        {
            var space = input.GetSpace();
            var count = Math.Min(Math.Min(space.Length, bytes.Length - at), 1 + (bytes[at] * 3));
            bytes.AsSpan(at, count).CopyTo(space.Span);
            input.Commit(count);
            at += count;
            while (input.TryTake(1 << 20, out var frame) == FrameStatus.Complete) opened |= Frame.TryOpen(pull, frame, out _);
        }

        input.Release();
        return opened;
    }

    public static bool Unordered(byte[] bytes) => Box.TryOpen(bytes, new byte[Math.Max(0, bytes.Length - UnorderedBox.Overhead)]);

    /// <summary>One frame after another on a connection with two channels of ours, one of which has a remote.</summary>
    public static bool Protomux(byte[] bytes)
    {
        var core = new MuxCore(new Sink(), MuxOptions.Default);
        _ = core.TryOpen(new ChannelOptions { Protocol = "p", Id = "id"u8.ToArray(), Handler = new Handler() }, null);
        _ = core.TryOpen(new ChannelOptions { Protocol = "a", Handler = new Handler() }, null);
        Feed(core, [0, 1, 1, 1, (byte)'a', 0]);
        Feed(core, bytes);
        return Feed(core, bytes);
    }

    /// <summary>Packets for a stream that has data under way, and its timers after each.</summary>
    public static bool Udx(byte[] bytes)
    {
        var core = new UdxCore(UdxStreamOptions.Default, new UdxSink());
        core.Connect(1, isIPv6: false);
        _ = core.Write(new byte[3000]);
        var now = Instant.FromMilliseconds(1000);
        core.HandlePacket(bytes, now);
        core.HandlePacket(bytes, now + TimeSpan.FromMilliseconds(10));
        return core.CloseReason is null;
    }

    private static bool Feed(MuxCore core, byte[] frame)
    {
        core.HandleFrame(frame);
        while (core.PollEvent(out var next))
        {
            if (next.Kind == MuxEventKind.Violation)
            {
                core.Shutdown(isRemote: true);
                return false;
            }

            if (next.Kind == MuxEventKind.Pair) core.CompletePairing(next.Key);
            MuxCore.Release(next);
        }

        return true;
    }

    private sealed class Sink : IMuxSink
    {
        public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body) => true;
    }

    private sealed class UdxSink : IUdxSink
    {
        public void OnData(ReadOnlySpan<byte> bytes)
        {
        }

        public void OnEnd()
        {
        }

        public void OnMessage(ReadOnlySpan<byte> message)
        {
        }
    }

    private sealed class Handler : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
        }

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload) => default;

        public void OnDrain(Channel channel)
        {
        }

        public void OnClose(Channel channel, bool isRemote)
        {
        }
    }
}
