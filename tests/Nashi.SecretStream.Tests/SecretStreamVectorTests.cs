using System.Text.Json;
using Nashi.Cryptography;
using Nashi.SecretStream.Protocol;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests;

public sealed class SecretStreamVectorTests
{
    private static readonly JsonElement All = Vectors.Load("secretstream");

    [Theory]
    [InlineData("initiator", false)]
    [InlineData("responder", true)]
    public async Task ReadAsync_ReferenceFrames_GivesItsMessages(string side, bool weInitiate)
    {
        var (raw, remote) = RawPair.Create();
        await using var stream = SecretStream.Open(raw, Keys(weInitiate));
        await remote.WriteAsync(All.GetProperty(side).Bytes("header"));
        foreach (var frame in All.GetProperty(side).GetProperty("frames").EnumerateArray()) await remote.WriteAsync(frame.Bytes());
        foreach (var message in All.GetProperty("messages").EnumerateArray()) Assert.Equal(message.Bytes(), await stream.NextAsync());
    }

    [Theory]
    [InlineData("initiator", true)]
    [InlineData("responder", false)]
    public void Start_Header_NamesTheReferencesStream(string side, bool isInitiator)
    {
        var frame = new byte[StreamHeader.FrameSize];
        using var push = StreamHeader.Start(Keys(isInitiator), frame);
        Assert.Equal(All.GetProperty(side).Bytes("header")[..35], frame[..35]);
    }

    [Theory]
    [InlineData("initiator", true)]
    [InlineData("responder", false)]
    public void UnorderedBox_Reference_IsEqualBothWays(string side, bool isInitiator)
    {
        var vector = All.GetProperty("unordered").GetProperty(side);
        var hash = All.Bytes("hash");
        var sender = new UnorderedBox(hash, isInitiator, new FixedRandom(vector.Bytes("counterBefore")[0]));
        var receiver = new UnorderedBox(hash, !isInitiator, SystemRandom.Instance);
        foreach (var message in vector.GetProperty("messages").EnumerateArray())
        {
            var plain = message.Bytes("plain");
            var boxed = new byte[plain.Length + UnorderedBox.Overhead];
            Assert.True(sender.TrySeal(plain, boxed));
            Assert.Equal(message.Bytes("boxed"), boxed);
            var opened = new byte[plain.Length];
            Assert.True(receiver.TryOpen(boxed, opened));
            Assert.Equal(plain, opened);
        }
    }
}
