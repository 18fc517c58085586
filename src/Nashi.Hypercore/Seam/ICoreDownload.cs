namespace Nashi.Hypercore.Seam;

/// <summary>A range being downloaded.</summary>
internal interface ICoreDownload
{
    /// <summary>True when every block is there, false when it was cancelled; a range that follows the core never ends by itself.</summary>
    Task<bool> Completed { get; }

    /// <summary>Ranges of a higher one are asked for first.</summary>
    int Priority { get; set; }

    /// <summary>Stops asking for it.</summary>
    void Cancel();
}
