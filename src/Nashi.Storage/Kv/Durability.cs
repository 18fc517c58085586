namespace Nashi.Storage.Kv;

/// <summary>What "committed" promises.</summary>
public enum Durability
{
    /// <summary>Survives the end of the process; the operating system writes it to the disk in its own time, so a power cut may lose it.</summary>
    Buffered,

    /// <summary>On the disk: survives a power cut. Commits that wait together share one sync.</summary>
    Synced,
}
