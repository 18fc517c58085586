using System.Diagnostics;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>The schemas beside this file are what the reference's tools make today.</summary>
public sealed class SpecTests
{
    [Fact]
    public async Task Spec_Files_AreWhatTheToolsWrite()
    {
        using var folder = new TempFolder();
        var info = new ProcessStartInfo("node") { WorkingDirectory = Repository.PathOf("tests", "js") };
        info.ArgumentList.Add("typed-spec.cjs");
        info.ArgumentList.Add(folder.Path);
        using var node = Process.Start(info)!;
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        foreach (var file in new[] { "v1/schema.json", "v1/db.json", "v1/dispatch.json", "v2/schema.json", "v2/db.json", "v2/dispatch.json" })
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder.Path, file), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Repository.PathOf(["tests", "Nashi.HyperDB.Tests", "Spec", .. file.Split('/')]), TestContext.Current.CancellationToken));
    }
}
