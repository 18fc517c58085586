using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Somebody asked whether there is more.</summary>
internal sealed class UpgradeDemand(CoreTip tip, bool wait)
{
    /// <summary>Where we were.</summary>
    public CoreTip Tip { get; } = tip;

    /// <summary>With no peer it waits for one.</summary>
    public bool Wait { get; } = wait;

    /// <summary>Where the shell keeps what to complete.</summary>
    public object? Tag { get; set; }
}
