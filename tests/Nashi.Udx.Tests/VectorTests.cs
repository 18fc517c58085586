using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Udx.Tests;

/// <summary>Our packets against those of udx-native, byte for byte.</summary>
public sealed class VectorTests
{
    private readonly JsonElement _vectors = Vectors.Load("udx");

    [Fact]
    public void Core_TheReferencesSteps_SendsTheSameBytes()
    {
        var remote = _vectors.GetProperty("remote").GetUInt32();
        var first = new CoreRig(new UdxStreamOptions { KeepAlive = TimeSpan.FromMilliseconds(50) }, remote);
        var second = new CoreRig(remoteId: remote);
        Assert.Empty(first.Drain());
        var rig = first;
        var writes = 0;
        foreach (var step in _vectors.GetProperty("steps").EnumerateArray())
        {
            var does = step.GetProperty("does").GetString()!;
            if (does == "write" && ++writes == 2) rig = second;
            var sent = step.TryGetProperty("in", out var input) ? rig.Give(input.Bytes()) : Act(rig, does);
            Assert.Equal(step.GetProperty("out").GetString(), Convert.ToHexStringLower(Assert.Single(sent)));
        }

        Assert.Equal(19 - 2, first.Received);
    }

    private static List<byte[]> Act(CoreRig rig, string what)
    {
        switch (what)
        {
            case "heartbeat": return rig.Elapse(TimeSpan.FromMilliseconds(50));
            case "message":
                var packet = new byte[1500];
                return [packet[..rig.Core.WriteMessage("m"u8, packet)]];
            case "write":
                rig.Core.Write(rig.Core.GetStats().PacketsReceived > 0 ? "abc"u8 : "x"u8);
                return rig.Drain();
            case "end":
                rig.Core.End();
                return rig.Drain();
            default:
                rig.Core.Destroy(new Instant(rig.Now));
                return rig.Drain();
        }
    }
}
