using System.Text.Json.Nodes;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>One node as a history tells it. Writers are numbers.</summary>
internal sealed record GraphStep(int Writer, ulong Length, ulong Batch, bool HasValue, bool IsOptimistic, IReadOnlyList<(int Writer, ulong Length)> Links)
{
    public JsonArray ToJson(bool update) =>
        [Writer, Batch, HasValue ? 1 : 0, IsOptimistic ? 1 : 0, new JsonArray([.. Links.Select(link => new JsonArray(link.Writer, link.Length))]), update ? 1 : 0];
}
