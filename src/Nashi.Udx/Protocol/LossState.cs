namespace Nashi.Udx.Protocol;

/// <summary>How the sender sees the path.</summary>
internal enum LossState
{
    /// <summary>Nothing is missing.</summary>
    Open,

    /// <summary>Acknowledgements told of a loss.</summary>
    Recovery,

    /// <summary>A timeout told of a loss.</summary>
    Loss,
}
