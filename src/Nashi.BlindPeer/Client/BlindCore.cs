using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.BlindPeer;

/// <summary>A core that blind peers are asked to keep, and how long it is here.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Its signed length in blocks.</param>
public readonly record struct BlindCore(CoreKey Key, ulong Length)
{
    /// <summary>A core as it is now.</summary>
    public static BlindCore Of(Core core)
    {
        ArgumentNullException.ThrowIfNull(core);
        return new(core.Key, core.SignedLength);
    }
}
