namespace Nashi.Udx.Protocol;

/// <summary>A stream's paths while it moves from one to another: by which a packet came, or by which it is to go.</summary>
[Flags]
internal enum PathSide
{
    /// <summary>None that is known.</summary>
    None = 0,

    /// <summary>The one the stream lives on.</summary>
    Current = 1,

    /// <summary>The one it tries, or keeps in reserve.</summary>
    Other = 2,

    /// <summary>Both at once.</summary>
    Both = Current | Other,
}
