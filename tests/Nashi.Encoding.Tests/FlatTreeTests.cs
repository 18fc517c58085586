using System.Text.Json;
using CsCheck;
using Nashi.TestKit;

namespace Nashi.Encoding.Tests;

public sealed class FlatTreeTests
{
    private static readonly JsonElement All = Vectors.Load("encoding");

    [Fact]
    public void Nodes_Reference_Same()
    {
        foreach (var vector in All.GetProperty("flatTree").EnumerateArray())
        {
            var index = vector.GetProperty("index").GetUInt64();
            Assert.Equal(vector.GetProperty("depth").GetInt32(), FlatTree.Depth(index));
            Assert.Equal(vector.GetProperty("offset").GetUInt64(), FlatTree.Offset(index));
            Assert.Equal(vector.GetProperty("parent").GetUInt64(), FlatTree.Parent(index));
            Assert.Equal(vector.GetProperty("sibling").GetUInt64(), FlatTree.Sibling(index));
            Assert.Equal(vector.GetProperty("leftSpan").GetUInt64(), FlatTree.LeftSpan(index));
            Assert.Equal(vector.GetProperty("rightSpan").GetUInt64(), FlatTree.RightSpan(index));
            Assert.Equal(vector.GetProperty("countLeaves").GetUInt64(), FlatTree.CountLeaves(index));
            var children = vector.GetProperty("children");
            if (children.ValueKind == JsonValueKind.Null) continue;
            Assert.Equal(children[0].GetUInt64(), FlatTree.LeftChild(index));
            Assert.Equal(children[1].GetUInt64(), FlatTree.RightChild(index));
        }
    }

    [Fact]
    public void FullRoots_Reference_Same()
    {
        foreach (var vector in All.GetProperty("fullRoots").EnumerateArray())
        {
            var roots = vector.GetProperty("roots").EnumerateArray().Select(e => e.GetUInt64()).ToArray();
            Assert.Equal(roots, FlatTree.FullRoots(vector.GetProperty("leaves").GetUInt64()));
        }
    }

    [Fact]
    public void Index_DepthAndOffset_RoundTrips() => Gen.ULong[0, 1UL << 60].Sample(index =>
        FlatTree.Index(FlatTree.Depth(index), FlatTree.Offset(index)) == index
        && FlatTree.Parent(FlatTree.Sibling(index)) == FlatTree.Parent(index)
        && FlatTree.Contains(FlatTree.Parent(index), index));
}
