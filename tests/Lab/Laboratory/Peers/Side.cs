namespace Nashi.Laboratory.Peers;

/// <summary>Whose peer.</summary>
internal enum Side
{
    Ours,
    Js,
}
