using Nashi.Encoding;

namespace Nashi.LabPeer.Stores;

/// <summary><c>audit --dir D --key HEX [--max-block N]</c>: checks every block that the core claims to have.</summary>
internal static class AuditMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run, Id32.Parse<CoreKey>(run.Flag("key")));
        var check = await LabCheck.RunAsync(store.Core, new LabBlocks(run), onlyClaimed: true);
        run.Events.Emit(
            "verified",
            ("length", store.Core.Length), ("contiguous", store.Core.ContiguousLength), ("have", check.Have), ("bad", check.Bad), ("badCount", check.BadCount),
            ("treeHash", LabCheck.TreeHash(store.Core)));
        return 0;
    }
}
