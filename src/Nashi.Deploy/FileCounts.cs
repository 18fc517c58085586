namespace Nashi.Deploy;

/// <summary>Counts changes as they go by.</summary>
public sealed class FileCounts
{
    /// <summary>Files looked at that stay or are written.</summary>
    public int Files { get; private set; }

    /// <summary>Files that were added.</summary>
    public int Added { get; private set; }

    /// <summary>Files that were changed.</summary>
    public int Changed { get; private set; }

    /// <summary>Files that were removed.</summary>
    public int Removed { get; private set; }

    /// <summary>Bytes of new content.</summary>
    public ulong BytesAdded { get; private set; }

    /// <summary>Bytes of content that went.</summary>
    public ulong BytesRemoved { get; private set; }

    /// <summary>Whether anything differs.</summary>
    public bool IsEmpty => Added + Changed + Removed == 0;

    /// <summary>Counts one change.</summary>
    public void Count(in FileChange change)
    {
        BytesAdded += change.BytesAdded;
        BytesRemoved += change.BytesRemoved;
        if (change.Kind is FileChangeKind.Removed)
        {
            Removed++;
            return;
        }

        Files++;
        if (change.Kind is FileChangeKind.Added) Added++;
        if (change.Kind is FileChangeKind.Changed) Changed++;
    }
}
