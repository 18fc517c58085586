using Nashi.LabPeer;
using Nashi.LabPeer.Modes;
using Nashi.LabPeer.Stores;

// One peer of a laboratory. Every line on standard output is a JSON object with an "event"; SIGTERM ends it. Each mode has its file.
var modes = new Dictionary<string, Func<PeerRun, Task<int>>>(StringComparer.Ordinal)
{
    ["bootstrap"] = DhtMode.RunBootstrapAsync,
    ["dht"] = DhtMode.RunAsync,
    ["nodes"] = NodesMode.RunAsync,
    ["announce"] = AnnounceMode.RunAsync,
    ["lookup"] = LookupMode.RunAsync,
    ["relay"] = RelayMode.RunAsync,
    ["server"] = ServerMode.RunAsync,
    ["client"] = ClientMode.RunAsync,
    ["hold"] = HoldMode.RunAsync,
    ["perf-server"] = PerfServerMode.RunAsync,
    ["perf-client"] = PerfClientMode.RunAsync,
    ["append"] = AppendMode.RunAsync,
    ["verify"] = VerifyMode.RunAsync,
    ["seed"] = SeedMode.RunAsync,
    ["download"] = DownloadMode.RunAsync,
    ["audit"] = AuditMode.RunAsync,
    ["churn"] = ChurnMode.RunAsync,
    ["mirror"] = MirrorMode.RunAsync,
};
var words = args is ["drive", "mirror", ..] ? args[1..] : args;
if (words.Length == 0 || !modes.TryGetValue(words[0], out var mode))
{
    Console.Error.WriteLine($"usage: peer {string.Join('|', modes.Keys)} [--flag value]...");
    return 64;
}

using var run = new PeerRun(words.AsSpan(1));
try
{
    // An orderly end is given a second: the laboratory does not wait for goodbyes.
    var work = mode(run);
    await Task.WhenAny(work, run.UntilEndedAsync());
    return await work.WaitAsync(TimeSpan.FromSeconds(1));
}
catch (Exception) when (run.Ended.IsCancellationRequested)
{
    return 0;
}
catch (Exception error)
{
    run.Events.Emit("crash", ("code", (error as Nashi.NashiException)?.Code), ("message", error.Message), ("stack", error.ToString()));
    return 70;
}
