namespace Nashi.LabPeer.Stores;

/// <summary><c>verify --dir D [--max-block N] [--append 1]</c>: checks every block and tells the tree hash.</summary>
internal static class VerifyMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run);
        var (core, blocks) = (store.Core, new LabBlocks(run));
        var openMs = run.Events.Milliseconds;
        var check = await LabCheck.RunAsync(core, blocks, onlyClaimed: false);
        var (length, byteLength, treeHash) = (core.Length, core.ByteLength, LabCheck.TreeHash(core));
        if (run.Number("append", 0) != 0) await core.AppendAsync(blocks[core.Length], run.Ended);
        run.Events.Emit(
            "verified",
            ("openMs", openMs), ("length", length), ("fork", core.Fork), ("byteLength", byteLength), ("have", check.Have), ("bad", check.Bad), ("badCount", check.BadCount),
            ("treeHash", treeHash), ("key", Convert.ToHexStringLower(core.Key.Value.AsSpan())), ("appended", core.Length > length ? core.Length : null));
        return 0;
    }
}
