using Nashi.Encoding;

namespace Nashi.Chat.State;

/// <summary>Cores in the order of their keys.</summary>
internal sealed class CoreKeyComparer : IComparer<CoreKey>
{
    public static CoreKeyComparer Instance { get; } = new();

    public int Compare(CoreKey x, CoreKey y) => x.Value.CompareTo(y.Value);
}
