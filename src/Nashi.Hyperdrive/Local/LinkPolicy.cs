namespace Nashi.Hyperdrive;

/// <summary>Which links a folder on disk takes.</summary>
public enum LinkPolicy
{
    /// <summary>Those whose target lies inside the folder; others are refused.</summary>
    Inside,

    /// <summary>None.</summary>
    None,

    /// <summary>All, wherever they lead. Only for drives whose author is trusted.</summary>
    Any,
}
