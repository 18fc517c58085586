using System.Text;
using Nashi.Cryptography;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Xunit;

namespace Nashi.Hypercore.Tests.Crashes;

/// <summary>All that a store shows, as text; fails where it contradicts itself.</summary>
internal static class StoreView
{
    /// <summary>Opens all cores of a store: trees must be signed, blocks must hash to their leaves.</summary>
    public static async Task<string> LookAsync(CorestoreStorage storage, HashSet<Encoding.Bytes32>? verified = null)
    {
        var text = new StringBuilder();
        foreach (var (name, options) in Workload.Cores)
        {
            if (!storage.HasCore(Workload.KeyOf(options).ToDiscoveryKey())) continue;
            await using var core = Core.Open(storage, null, options);
            Describe(text, name, core);
            var tree = core.State.Tree;
            // Checking a signature takes longer than all the rest: each tree once.
            if (tree.Length > 0 && verified?.Add(Blake2b.Hash(tree.Signature.AsSpan())) != false) Assert.True(core.VerifySignature(tree.Signature, tree.Length, tree.Fork), $"{name} is not signed");
        }

        return text.ToString();
    }

    /// <summary>What a core and its branches show.</summary>
    public static void Describe(StringBuilder text, string name, Core core)
    {
        DescribeOne(text, name, core);
        foreach (var branch in core.ListBranches())
        {
            var session = core.Session(new() { Name = branch });
            DescribeOne(text, name + "/" + branch, session);
            Assert.True(session.DisposeAsync().AsTask().IsCompletedSuccessfully);
        }
    }

    private static void DescribeOne(StringBuilder text, string name, Core core)
    {
        text.Append(name).Append(' ').Append(core.Length).Append('@').Append(core.Fork).Append('/').Append(core.ContiguousLength).Append(':');
        for (var index = 0UL; index < core.Length; index++)
        {
            if (!core.TryGet(index, out var block))
            {
                text.Append(" -");
                continue;
            }

            Assert.True(core.Data.Nodes.TryGet(index * 2, out var leaf) && leaf == MerkleHash.LeafNode(index, block), $"block {index} of {name} does not hash to its leaf");
            text.Append(' ').Append(System.Text.Encoding.ASCII.GetString(block));
        }

        text.Append(" u").Append(core.Data.Storage.ReadUserData("u") is { } data ? System.Text.Encoding.ASCII.GetString(data) : "").Append(";\n");
    }
}
