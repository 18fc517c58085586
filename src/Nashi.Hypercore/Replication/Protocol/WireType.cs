namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The messages of a core's channel, by number. Spec: data.md §3.2.</summary>
internal static class WireType
{
    public const int Sync = 0;
    public const int Request = 1;
    public const int Cancel = 2;
    public const int Data = 3;
    public const int NoData = 4;
    public const int Want = 5;
    public const int Unwant = 6;
    public const int Bitfield = 7;
    public const int Range = 8;
    public const int Extension = 9;
}
