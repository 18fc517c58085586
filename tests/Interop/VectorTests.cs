using System.Diagnostics;
using Nashi.TestKit;

namespace Nashi.Interop;

/// <summary>The committed golden vectors are what the reference prints today: a changed byte on either side fails here.</summary>
public sealed class VectorTests
{
    public static TheoryData<string> Areas { get; } =
        new(Directory.GetFiles(Repository.PathOf("tests", "vectors", "print"), "*.cjs").Select(file => Path.GetFileNameWithoutExtension(file)).Order());

    [Theory]
    [MemberData(nameof(Areas))]
    public async Task Print_Reference_EqualsCommitted(string area)
    {
        var info = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.PathOf("tests", "js"),
        };
        info.ArgumentList.Add(Repository.PathOf("tests", "vectors", "print", area + ".cjs"));
        using var node = Process.Start(info)!;
        var printed = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("tests", "vectors", area + ".json"), TestContext.Current.CancellationToken), printed);
    }
}
