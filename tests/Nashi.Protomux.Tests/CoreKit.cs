using System.Text;
using Nashi.Encoding;
using Nashi.Protomux.Protocol;
using Nashi.SecretStream;

namespace Nashi.Protomux.Tests;

/// <summary>A core whose frames are kept, and whose events become lines of text.</summary>
internal sealed class CoreKit : IMuxSink
{
    private readonly List<string> _sent = [];

    public CoreKit(MuxOptions? options = null) => Core = new MuxCore(this, options ?? MuxOptions.Default);

    public MuxCore Core { get; }

    public bool Drains { get; set; } = true;

    public List<MuxChannel> Channels { get; } = [];

    public List<string> Events { get; } = [];

    public CloseReason? Violation { get; private set; }

    /// <summary>Whether questions about remote channels are answered with a rejection at once.</summary>
    public bool RejectsAtOnce { get; set; } = true;

    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        _sent.Add(Hex.Encode(prefix) + Hex.Encode(body));
        return Drains;
    }

    public string[] TakeSent()
    {
        var taken = _sent.ToArray();
        _sent.Clear();
        return taken;
    }

    public MuxChannel? Open(string protocol, string? id = null, string handshake = "", bool unique = true, params string[] aliases)
    {
        var channel = Core.TryOpen(
            new ChannelOptions
            {
                Protocol = protocol,
                Id = id is null ? null : Convert.FromHexString(id),
                Handshake = Convert.FromHexString(handshake),
                Unique = unique,
                Aliases = aliases,
                Handler = new Recorder(),
            },
            owner: Channels.Count);
        if (channel is not null) Channels.Add(channel);
        Poll();
        return channel;
    }

    public void Receive(string hex) => Receive(Convert.FromHexString(hex));

    public void Receive(byte[] frame)
    {
        Core.HandleFrame(frame);
        Poll();
    }

    public void Poll()
    {
        while (Core.PollEvent(out var next))
        {
            if (next.Kind == MuxEventKind.Violation) Violation = next.Reason;
            Events.Add(Describe(next));
            if (next.Kind == MuxEventKind.Pair && RejectsAtOnce) Core.CompletePairing(next.Key);
            MuxCore.Release(next);
        }
    }

    private static string Describe(in MuxEvent next)
    {
        var text = new StringBuilder(next.Kind.ToString());
        if (next.Channel is not null) _ = text.Append(' ').Append(next.Channel.Owner);
        if (next.Kind == MuxEventKind.Message) _ = text.Append(' ').Append(next.Type);
        if (!next.Payload.IsEmpty) _ = text.Append(' ').Append(Hex.Encode(next.Payload.Span));
        if (next.Kind == MuxEventKind.Close) _ = text.Append(next.IsRemote ? " remote" : " local");
        return text.ToString();
    }
}
