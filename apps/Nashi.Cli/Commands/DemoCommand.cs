using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Testing;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi demo</c>: the main job in one process, for a first look.</summary>
internal static class DemoCommand
{
    private const int NetworkSize = 4;
    private const int LargeFileSize = 1_500_000;

    public static Command Build(CommandHost host)
    {
        var command = new Command("demo", "Share a folder between two peers on a network inside this process, and check every byte");
        host.Handle(command, RunAsync);
        return command;
    }

    private static async Task RunAsync(CliContext context, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("nashi-demo-");
        try
        {
            await RunAsync(context, folder, cancellation).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(CliContext context, DirectoryInfo folder, CancellationToken cancellation)
    {
        Step(context, "network", $"1. A network of {NetworkSize} nodes starts in this process, on 127.0.0.1.");
        await using var network = await TestNetwork.CreateAsync(NetworkSize, cancellationToken: cancellation).ConfigureAwait(false);

        var shared = WriteFiles(folder.CreateSubdirectory("photos"));
        await using var alice = await OpenAsync(context, network, Path.Combine(folder.FullName, "alice"), cancellation).ConfigureAwait(false);
        var link = await Touch.RunAsync(alice.Store, cancellationToken: cancellation).ConfigureAwait(false);
        Step(context, "touch", $"2. Alice makes a link: {link}");

        _ = await StageCommand.RunAsync(context, alice, link, shared, new StageOptions(), cancellation).ConfigureAwait(false);
        await using var seed = await Seed.StartAsync(alice, link, cancellation).ConfigureAwait(false);
        await seed.AnnouncedAsync(cancellation).ConfigureAwait(false);
        Step(context, "seed", "3. She staged a folder under it and is announced on the network.");

        await using var bob = await OpenAsync(context, network, Path.Combine(folder.FullName, "bob"), cancellation).ConfigureAwait(false);
        Step(context, "get", "4. Bob has only the link. He finds Alice, connects, and fetches every file, verified block by block.");
        var fetched = folder.CreateSubdirectory("bobs-photos");
        await FetchAsync(context, bob, link, fetched, cancellation).ConfigureAwait(false);

        var bytes = Compare(shared, fetched);
        Step(context, "verified", $"5. Every byte is the same: {bytes:N0} bytes.");
        context.Reporter.Final(new JsonObject { ["link"] = link.ToString(), ["bytes"] = bytes }, ForReal);
    }

    private static string ForReal => """

        For real, between two machines:
          ./nashi share <folder>          prints a link and a QR code, serves until Ctrl-C
          ./nashi get <link> [folder]     on the other machine
        """;

    private static void Step(CliContext context, string tag, string text) => context.Reporter.Report(tag, new JsonObject { ["message"] = text }, text);

    private static ValueTask<DeploySession> OpenAsync(CliContext context, TestNetwork network, string folder, CancellationToken cancellation) =>
        DeploySession.OpenAsync(
            new DeploySessionOptions { Folder = folder, Host = IPAddress.Loopback, Bootstrap = _ => new(network.Bootstrap), Logs = context.Logs },
            cancellation);

    private static async Task FetchAsync(CliContext context, DeploySession session, PearLink link, DirectoryInfo target, CancellationToken cancellation)
    {
        await using var dump = await Dump.OpenAsync(session, link, new DumpOptions(), cancellation).ConfigureAwait(false);
        await foreach (var change in dump.RunAsync(target.FullName, cancellation).ConfigureAwait(false)) ChangeReport.Report(context, change);
    }

    private static DirectoryInfo WriteFiles(DirectoryInfo folder)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "hello.txt"), "Hello from Alice.\n", System.Text.Encoding.UTF8);
        File.WriteAllText(Path.Combine(folder.CreateSubdirectory("notes").FullName, "梨.md"), "# Nashi\n\nnashi: pear; without.\n");
        var large = new byte[LargeFileSize];
        SystemRandom.Instance.Fill(large);
        File.WriteAllBytes(Path.Combine(folder.CreateSubdirectory("raw").FullName, "large.bin"), large);
        return folder;
    }

    private static long Compare(DirectoryInfo expected, DirectoryInfo actual)
    {
        var bytes = 0L;
        foreach (var file in expected.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var other = Path.Combine(actual.FullName, Path.GetRelativePath(expected.FullName, file.FullName));
            if (!File.Exists(other) || !Hash(file.FullName).SequenceEqual(Hash(other)))
            {
                throw new CliException("ERR_DEMO", $"{other} differs from what was shared. Please report this.");
            }

            bytes += file.Length;
        }

        return bytes;
    }

    private static byte[] Hash(string path)
    {
        using var file = File.OpenRead(path);
        return SHA256.HashData(file);
    }
}
