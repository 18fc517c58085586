using System.Globalization;
using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests;

/// <summary>The reference and we play the same scripts: every frame is equal.</summary>
public sealed class MuxCoreVectorTests
{
    private static readonly JsonElement Scripts = Vectors.Load("protomux").GetProperty("scripts");

    public static TheoryData<string> Names { get; } = new(Scripts.EnumerateArray().Select(script => script.GetProperty("name").GetString()!));

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_Reference_SendsTheSameFrames(string name)
    {
        var script = Scripts.EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);
        var kit = new CoreKit();
        foreach (var step in script.GetProperty("steps").EnumerateArray())
        {
            Play(kit, step.GetProperty("step").GetString()!, [.. step.GetProperty("args").EnumerateArray().Select(a => a.GetString())]);
            Assert.Equal(step.GetProperty("sent").EnumerateArray().Select(f => f.GetString()!), kit.TakeSent());
            Assert.Null(kit.Violation);
        }
    }

    private static void Play(CoreKit kit, string step, string?[] args)
    {
        switch (step)
        {
            case "open":
                Assert.NotNull(kit.Open(args[0]!, args[1], args[2]!, unique: args.Length < 4));
                break;
            case "send":
                Assert.True(kit.Core.Send(kit.Channels[Number(args[0])], Number(args[1]), Convert.FromHexString(args[2]!)));
                break;
            case "close":
                kit.Core.Close(kit.Channels[Number(args[0])]);
                break;
            case "cork":
                kit.Core.Cork();
                break;
            case "uncork":
                kit.Core.Uncork();
                break;
            case "receive":
                kit.Receive(args[0]!);
                break;
            default:
                throw new InvalidOperationException(step);
        }

        kit.Poll();
    }

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}
